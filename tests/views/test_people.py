"""The pages of people and of one's own profile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import AuditEntry, Person
from tests.factories import ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db

LENA = {
    "full_name": "Lena Brandt",
    "email": "lena@example.com",
    "roles": ["marketer"],
    "timezone": "Europe/Vienna",
}


@pytest.fixture
def admin(client):
    person = PersonFactory(admin=True, full_name="Ada Holm")
    client.force_login(person)
    return person


def text(response):
    return response.content.decode()


def test_the_list_names_everybody_with_roles_and_state(client, admin):
    PersonFactory(full_name="Erik Sund", inactive=True)

    page = text(client.get("/people"))

    assert "Ada Holm" in page
    assert "Erik Sund" in page
    assert "Deactivated" in page
    assert "1 of 2 people can sign in" in page


def test_the_list_asks_as_often_for_ten_people_as_for_one(
    client, admin, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as alone:
        client.get("/people")
    PersonFactory.create_batch(10)

    with django_assert_num_queries(len(alone)):
        client.get("/people")


def test_an_added_person_signs_in_with_the_password_shown_once(client, admin):
    response = client.post("/people/new", LENA)

    lena = Person.objects.get(email="lena@example.com")
    password = response.context["password"]
    assert lena.check_password(password)
    assert password in text(response)
    assert password not in text(client.get(reverse("person_edit", args=[lena.pk])))


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client, admin):
    response = client.post("/people/new", LENA | {"email": admin.email, "roles": []})

    assert response.status_code == 422
    assert response.context["form"]["roles"].errors == ["Choose at least one role."]
    assert 'value="Lena Brandt"' in text(response)
    assert Person.objects.count() == 1


def test_what_only_the_verb_knows_stands_at_its_field_too(client, admin):
    response = client.post("/people/new", LENA | {"email": admin.email.upper()})

    assert response.status_code == 422
    assert "already here" in response.context["form"]["email"].errors[0]


@pytest.mark.parametrize(
    "bad",
    [
        {"full_name": "x" * 151},
        {"full_name": "nul\x00byte"},
        {"email": "lone\ud800@example.com".encode("utf-8", "surrogatepass")},
        {"roles": ["emperor"]},
        {"timezone": "Mars/Base"},
    ],
)
def test_bad_input_is_refused_in_words_and_adds_nobody(client, admin, bad):
    response = client.post("/people/new", LENA | bad)

    assert response.status_code == 422
    assert Person.objects.count() == 1


def test_an_edit_changes_roles_and_goes_back_to_the_list(client, admin):
    person = PersonFactory(email="lena@example.com")

    response = client.post(
        reverse("person_edit", args=[person.pk]), LENA | {"roles": ["manager"]}
    )

    person.refresh_from_db()
    assert response.headers["Location"] == "/people"
    assert [role.value for role in person.roles] == ["manager"]


def test_the_last_admin_is_told_why_at_the_roles(client, admin):
    wanted = LENA | {"email": admin.email}

    response = client.post(reverse("person_edit", args=[admin.pk]), wanted)

    assert response.status_code == 422
    assert "last active admin" in response.context["form"]["roles"].errors[0]
    assert Person.objects.get().is_admin


def test_the_last_admin_cannot_leave(client, admin):
    page = client.post(reverse("person_deactivate", args=[admin.pk]), follow=True)

    assert "last active admin" in text(page)
    assert Person.objects.get().is_active


def test_a_deactivated_person_is_let_in_again_with_a_new_password(client, admin):
    person = PersonFactory()
    client.post(reverse("person_deactivate", args=[person.pk]))

    response = client.post(reverse("person_reactivate", args=[person.pk]))

    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(response.context["password"])


def test_an_admin_gives_a_new_password(client, admin):
    person = PersonFactory()

    response = client.post(reverse("person_password", args=[person.pk]))

    person.refresh_from_db()
    assert person.check_password(response.context["password"])
    assert AuditEntry.objects.get().event == "password changed"


def test_the_demo_people_are_replaced_with_one_button(client):
    client.force_login(PersonFactory(admin=True, is_demo=True))
    PersonFactory(admin=True)

    page = text(client.get("/people"))
    client.post(reverse("person_replace_demo"))

    assert "Demo people can sign in here" in page
    assert not Person.objects.filter(is_demo=True, is_active=True).exists()


def test_the_demo_people_stay_while_they_are_the_only_admins(client):
    client.force_login(PersonFactory(admin=True, is_demo=True))

    page = client.post(reverse("person_replace_demo"), follow=True)

    assert "Add an admin of your own first" in text(page)
    assert Person.objects.get().is_active


def test_a_profile_changes_name_and_zone_and_nothing_else(client):
    mara = PersonFactory(email="mara@example.com")
    client.force_login(mara)

    client.post(
        "/profile",
        LENA | {"timezone": "Asia/Tokyo", "roles": ["admin"], "is_admin": "on"},
    )

    mara.refresh_from_db()
    assert (mara.full_name, mara.timezone) == ("Lena Brandt", "Asia/Tokyo")
    assert mara.email == "mara@example.com"
    assert not mara.is_admin


def test_times_are_told_in_the_zone_of_the_person(client):
    client.force_login(PersonFactory(timezone="Asia/Tokyo"))

    assert "JST" in text(client.get("/profile"))


def test_the_rail_shows_only_what_a_person_may_open(client, admin):
    as_admin = text(client.get("/profile"))
    client.force_login(PersonFactory())
    as_marketer = text(client.get("/profile"))

    assert 'href="/people"' in as_admin
    assert 'href="/people"' not in as_marketer


def test_the_sandbox_banner_stands_only_where_nothing_real_is_connected(client):
    client.force_login(PersonFactory())
    ConnectionFactory()
    alone = text(client.get("/profile"))
    ConnectionFactory(is_sandbox=False)

    assert "Nothing here reaches a real platform" in alone
    assert "Nothing here reaches" not in text(client.get("/profile"))


def test_a_hold_is_told_on_every_page_to_those_it_concerns(client):
    held = ConnectionFactory(
        name="Panel", held_at="2026-11-21T10:00Z", held_reason="Checking"
    )
    client.force_login(PersonFactory())
    shown = text(client.get("/profile"))
    type(held).objects.update(open_to_all=False)

    assert "Panel is on hold: 0 changes are Held" in shown
    assert "is on hold" not in text(client.get("/profile"))


def test_the_sign_in_page_names_the_demo_people(client):
    PersonFactory(is_demo=True, full_name="Mara Lindqvist")

    assert "Mara Lindqvist" in text(client.get("/account/login/"))
