"""People: who may be added, changed, sent away, and what history says of it."""

import json
import stat
import threading
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections as databases

from campaigns import people
from campaigns.models import AuditEntry, Draft, Person, PersonName
from campaigns.people import Details
from campaigns.rights import Role
from tests.factories import (
    CampaignFactory,
    ConnectionFactory,
    LabelFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

LENA = Details("Lena@Example.com ", "Lena Brandt", [Role.MARKETER], "Europe/Vienna")


def facts():
    return json.loads(AuditEntry.objects.first().body)["facts"]


def test_an_added_person_can_use_the_generated_password():
    admin = PersonFactory(admin=True)

    person, password = people.add(LENA, admin)

    assert person.email == "lena@example.com"
    assert Person.objects.get(pk=person.pk).check_password(password)


def test_adding_a_person_leaves_an_entry_without_their_name_or_address():
    admin = PersonFactory(admin=True)

    person, password = people.add(LENA, admin)

    entry = AuditEntry.objects.get(stream=f"user:{person.pk}")
    assert (entry.event, entry.person_id) == ("person added", admin.pk)
    assert facts() == {"about": person.pk, "demo": False, "roles": ["marketer"]}
    assert "lena" not in entry.body.lower()
    assert password not in entry.body
    assert PersonName.objects.get(person_id=person.pk).name == "Lena Brandt"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Details("lena", "Lena", [Role.MARKETER]), "email"),
        (Details("taken@example.com", "Lena", [Role.MARKETER]), "email"),
        (Details("lena@example.com", "  ", [Role.MARKETER]), "full_name"),
        (Details("lena@example.com", "Lena", []), "roles"),
        (Details("lena@example.com", "Lena", [Role.ADMIN], "Mars/Base"), "timezone"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_at_its_field(wrong, field):
    PersonFactory(email="taken@example.com")

    with pytest.raises(ValidationError) as caught:
        people.add(wrong, None)

    assert list(caught.value.message_dict) == [field]
    assert Person.objects.count() == 1


def test_a_weak_password_is_refused():
    with pytest.raises(ValidationError) as caught:
        people.add(LENA, None, password="12345")

    assert "password" in caught.value.message_dict


def test_a_change_tells_roles_from_and_to_and_keeps_names_out():
    person = PersonFactory(full_name="Old Name")
    wanted = Details(person.email, "New Name", [Role.MANAGER])

    people.change(person, wanted, None)

    body = AuditEntry.objects.first().body
    told = {field["field"]: field for field in json.loads(body)["fields"]}
    assert told["roles"]["seen_text"] == "marketer"
    assert told["roles"]["wanted_text"] == "manager"
    assert "full_name" in told
    assert "New Name" not in body
    assert PersonName.objects.get(person_id=person.pk).name == "New Name"


def test_a_change_to_the_same_leaves_no_entry():
    person = PersonFactory()

    people.change(
        person, Details(person.email, person.full_name, [Role.MARKETER]), None
    )

    assert not AuditEntry.objects.exists()


def test_the_last_active_admin_stays_admin():
    last = PersonFactory(admin=True)
    PersonFactory(admin=True, inactive=True)

    with pytest.raises(ValidationError) as caught:
        people.change(last, Details(last.email, "Ada", [Role.MANAGER]), None)

    assert "roles" in caught.value.message_dict
    assert Person.objects.get(pk=last.pk).is_admin


def test_the_last_active_admin_stays_active():
    last = PersonFactory(admin=True)

    with pytest.raises(ValidationError):
        people.deactivate(last, None)

    assert Person.objects.get(pk=last.pk).is_active


def test_one_of_two_admins_may_go():
    first, _ = PersonFactory.create_batch(2, admin=True)

    people.deactivate(first, None)

    assert not Person.objects.get(pk=first.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one():
    admins = PersonFactory.create_batch(2, admin=True)
    start = threading.Barrier(2)

    def go(person):
        start.wait(10)
        with suppress(ValidationError):
            people.deactivate(person, None)
        databases.close_all()

    threads = [threading.Thread(target=go, args=(each,)) for each in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert Person.objects.filter(is_admin=True, is_active=True).count() == 1


def test_what_a_deactivated_person_began_stays():
    draft = Draft.objects.create(
        person=PersonFactory(), campaign=CampaignFactory(), field="ttr", wanted="5"
    )

    people.deactivate(draft.person, None)

    assert Draft.objects.filter(pk=draft.pk).exists()


def test_a_deactivated_person_is_signed_out_and_stays_out_after_a_return(client):
    person = PersonFactory()
    client.force_login(person)

    people.deactivate(person, None)
    gone = client.get("/account/2fa/")
    password = people.reactivate(person, None)
    back = client.get("/account/2fa/")

    assert gone.status_code == back.status_code == 302
    assert Person.objects.get(pk=person.pk).check_password(password)


def test_a_new_password_ends_the_sessions_of_that_person(client):
    person = PersonFactory()
    client.force_login(person)

    people.set_password(person, None)

    assert client.get("/account/2fa/").status_code == 302


def test_a_deactivated_person_gets_no_password():
    with pytest.raises(ValidationError):
        people.set_password(PersonFactory(inactive=True), None)


@pytest.fixture
def place(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_the_demo_can_be_made_twice(place, capsys):
    call_command("demo")
    call_command("demo")

    password = (place / "demo-password").read_text().strip()
    mara = Person.objects.get(email="mara@example.com")
    assert Person.objects.filter(is_demo=True).count() == 3
    assert mara.check_password(password)
    assert password in capsys.readouterr().out


def test_the_demo_password_is_readable_by_its_owner_only(place):
    call_command("demo")

    mode = (place / "demo-password").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_demo_leaves_a_namesake_of_a_demo_person_alone(place):
    mara = PersonFactory(email="mara@example.com")

    call_command("demo")

    mara.refresh_from_db()
    assert not mara.is_demo
    assert mara.check_password("correct horse battery")


def test_demo_people_do_not_come_where_a_real_platform_is_connected(place):
    ConnectionFactory(is_sandbox=False, base_url="https://api.example.com")

    call_command("demo")

    assert not Person.objects.filter(is_demo=True).exists()


def test_demo_people_are_replaced_once_a_real_admin_is_there(place):
    call_command("demo")
    people.add(Details("own@example.com", "Own Admin", [Role.ADMIN]), None)

    assert people.replace_demo(None) == 3
    call_command("demo")

    assert not Person.objects.filter(is_demo=True, is_active=True).exists()


def test_demo_people_stay_while_nobody_else_could_manage(place):
    call_command("demo")

    with pytest.raises(ValidationError):
        people.replace_demo(None)

    assert Person.objects.filter(is_demo=True, is_active=True).count() == 3


def test_the_demo_labels_join_those_that_are_there(place):
    LabelFactory(name="Drivers")

    call_command("demo")

    assert sorted(label.name for label in LabelFactory._meta.model.objects.all()) == [
        "Drivers",
        "Evergreen",
        "Surveys",
        "Warehouse",
    ]


# --- the command ------------------------------------------------------------------


def test_the_command_adds_the_first_admin(capsys):
    call_command(
        "person", "add", "--email=ada@example.com", "--name=Ada", "--role=admin"
    )

    password = capsys.readouterr().out.split()[-1]
    ada = Person.objects.get()
    assert ada.check_password(password)
    assert ada.roles == [Role.ADMIN]
    assert AuditEntry.objects.get().channel == "command"


def test_the_command_takes_a_password_from_the_environment(capsys, monkeypatch):
    monkeypatch.setenv("FIRST_PASSWORD", "a long enough phrase")

    call_command(
        *("person", "add", "--email=ada@example.com", "--name=Ada"),
        *("--role=marketer", "--role=manager", "--password-from-env=FIRST_PASSWORD"),
    )

    assert Person.objects.get().check_password("a long enough phrase")
    assert "phrase" not in capsys.readouterr().out


def test_the_command_says_what_is_wrong():
    with pytest.raises(CommandError, match="e-mail address"):
        call_command("person", "add", "--email=ada", "--name=Ada", "--role=admin")


def test_the_command_lets_go_and_lets_in_again(capsys):
    person = PersonFactory()

    call_command("person", "deactivate", f"--email={person.email}")
    call_command("person", "reactivate", f"--email={person.email}")
    call_command("person", "list")

    assert f"{person.email}\t{person}\tmarketer\tactive" in capsys.readouterr().out


def test_a_name_is_one_line_so_that_it_adds_none_to_a_mail():
    person, _ = people.add(
        Details("lena@example.com", "Lena\r\n\n  Brandt", [Role.MARKETER]), None
    )

    assert person.full_name == "Lena Brandt"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x9b", "\u202e", "\u2066"])
def test_a_name_that_turns_or_ends_what_stands_beside_it_is_refused(sign):
    with pytest.raises(ValidationError) as caught:
        people.add(Details("lena@example.com", f"Le{sign}na", [Role.MARKETER]), None)

    assert "full_name" in caught.value.message_dict
