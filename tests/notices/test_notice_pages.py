"""The pages of notices: made, seen and mended by those whose they are."""

import pytest

from campaigns import notices, queries
from campaigns.lifecycle import State
from campaigns.models import Subscription
from tests.asked import ask
from tests.factories import PersonFactory
from tests.notices.telling import happen, hook, letters, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, me):
    client.force_login(me)
    return client


def fill(client, **posted):
    return client.post("/notices/new", {"name": "Clashes", "road": "email", **posted})


def test_a_manager_makes_a_notice_and_sees_what_was_told(signed_in, me):
    fill(signed_in, states=["clash"])
    ask(State.CLASH)
    tell()

    page = signed_in.get(f"/notices/{Subscription.objects.get().pk}").content.decode()

    assert "Clash" in page
    assert "Told" in page


@pytest.mark.parametrize(
    "url", ["", "http://example.com/x", "https://127.0.0.1/x", "ftp://example.com"]
)
def test_an_address_that_may_not_be_told_is_named_in_the_form(signed_in, url):
    answer = fill(signed_in, road="webhook", url=url)

    assert answer.status_code == 422
    assert not Subscription.objects.exists()


def test_a_person_has_so_many_notices_that_nobody_waits_long(signed_in, me):
    for number in range(notices.KEPT):
        assert fill(signed_in, name=f"Clashes {number}").status_code == 302

    answer = fill(signed_in, name="One more")

    assert answer.status_code == 422
    assert f"{notices.KEPT} notices are told already" in answer.content.decode()
    assert Subscription.objects.count() == notices.KEPT


def test_one_notice_more_begins_when_another_is_stopped(signed_in, me):
    for number in range(notices.KEPT):
        fill(signed_in, name=f"Clashes {number}")
    first = Subscription.objects.first()
    signed_in.post(f"/notices/{first.pk}/stop")
    fill(signed_in, name="One more")

    answer = signed_in.post(f"/notices/{first.pk}/start", follow=True)

    first.refresh_from_db()
    assert first.stopped_at
    assert "Stop one of them first" in answer.content.decode()
    assert Subscription.objects.filter(name="One more").exists()


def test_failures_are_shown_with_their_reason(signed_in, me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    receiver.answers = [(500, {})]
    happen()
    tell()

    page = signed_in.get(f"/notices/{notice.pk}").content.decode()

    assert "HTTP 500" in page
    assert "next" in page


def test_the_secret_is_shown_when_asked_for_and_to_its_owner_alone(
    signed_in, me, receiver
):
    notice = hook(me, receiver)
    secret = notices.secret_of(notice, me)
    closed = signed_in.get(f"/notices/{notice.pk}").content.decode()
    opened = signed_in.post(f"/notices/{notice.pk}/secret").content.decode()
    signed_in.force_login(PersonFactory(admin=True))
    other = signed_in.post(f"/notices/{notice.pk}/secret", follow=True).content.decode()

    assert [secret in page for page in (closed, opened, other)] == [False, True, False]


@pytest.mark.parametrize(("who", "status"), [("teammate", 404), ("admin", 200)])
def test_a_notice_is_its_owners_and_the_admins(client, me, who, status):
    notice = letters(me)
    people = {
        "teammate": PersonFactory(manager=True),
        "admin": PersonFactory(admin=True),
    }
    client.force_login(people[who])

    assert client.get(f"/notices/{notice.pk}").status_code == status


def test_a_marketer_has_no_notices(client):
    client.force_login(PersonFactory())

    assert client.get("/notices/").status_code == 403


def test_more_notices_cost_no_more_queries(
    signed_in, me, django_assert_max_num_queries
):
    letters(me)
    with django_assert_max_num_queries(30) as few:
        signed_in.get("/notices/")
    [letters(me) for _ in range(9)]

    with django_assert_max_num_queries(len(few)):
        signed_in.get("/notices/")


def test_the_reader_of_all_connections_finds_all_notices(me):
    letters(me)

    assert queries.find_notices(PersonFactory(admin=True)).count() == 1


def test_it_says_when_no_letter_can_reach_anybody(signed_in, settings):
    fill(signed_in)
    made = f"/notices/{Subscription.objects.get().pk}"
    assert "No mail server" not in signed_in.get(made).text

    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert "No mail server is set up here" in signed_in.get("/notices/new").text
    assert "No mail server is set up here" in signed_in.get(made).text
