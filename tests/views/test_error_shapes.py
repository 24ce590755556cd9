"""Every error that the platforms document, shown at its place in words.

The shapes are those of both catalogues (and of what was seen in the wild); each is
planted in a real stand-in, delivered, and looked for on the page of the campaign and
on that of the change.
"""

from html import unescape

import pytest

from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.views.tab import Tab, row, text, words

pytestmark = pytest.mark.django_db
WAREHOUSE, SIGNS = "ee4d641cab17b22c", "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}


def indeed_said(*errors, links=None, **data):
    shown = [{"type": kind, "description": said} for kind, said in errors] or None
    return {"meta": {"errors": shown, "links": links}, **data}


def refuse(status, body=None, **more):
    return {"refuse": {"status": status, "body": body, **more}}


def html(status):
    return {"html": status}


NAME_TAKEN = "name: another campaign of this employer has this name."
INTERNAL = (
    "Found objective with type `OBJECTIVE_BALANCE` that does not match the provided "
    "`OBJECTIVE_BUDGET` type. You cannot update an ad's objective type."
)
UP = {"rel": "up", "href": "/v1/campaigns"}
FORBIDDEN = {
    "INSUFFICIENT_SCOPE": "ask for the scope",
    "NOT_EMPLOYER_ACCESS_TOKEN": "enter the employer id",
    "LEGACY_ACCESS_TOKEN_NOT_ALLOWED": "correct the token address",
}
BOTH = (("INVALID_REQUEST", NAME_TAKEN), ("INVALID_REQUEST", "jobsTitle is odd"))
ODD = indeed_said(("ODD", "Odd."), data={"campaignId": WAREHOUSE})
GONE = indeed_said(("RESOURCE_NOT_FOUND", "Not located."), links=UP, data=None)
BROKEN = indeed_said(("INTERNAL_SERVER_ERROR", "Failed."), data=None)
INVALID = indeed_said(("INVALID_TOKEN", "Expired."), data=None)

# shape: what is answered, the state at the field, our words there, theirs in the story
INDEED = {
    "200-with-errors": (
        {"answer": {"body": ODD}},
        State.UNKNOWN,
        "not as when all is well",
        "Odd.",
    ),
    "200-cut-off": ({"cut": -5}, State.UNKNOWN, "may have been applied", ""),
    "200-empty": (
        {"answer": {"body": ""}},
        State.UNKNOWN,
        "may have been applied",
        "",
    ),
    "400-one": (
        refuse(400, indeed_said(("INVALID_REQUEST", NAME_TAKEN))),
        State.REJECTED,
        NAME_TAKEN,
        NAME_TAKEN,
    ),
    "400-several": (
        refuse(400, indeed_said(*BOTH)),
        State.REJECTED,
        NAME_TAKEN,
        "jobsTitle is odd",
    ),
    "400-names-another-field": (
        refuse(400, indeed_said(("INVALID_REQUEST", "jobsTitle is odd"))),
        State.REJECTED,
        "jobsTitle is odd",
        "jobsTitle is odd",
    ),
    "400-names-no-field": (
        refuse(400, indeed_said(("INVALID_REQUEST", "It cannot be."))),
        State.REJECTED,
        "It cannot be.",
        "It cannot be.",
    ),
    "400-internal-names": (
        refuse(400, indeed_said(("INVALID_REQUEST", INTERNAL))),
        State.REJECTED,
        "The type of an objective cannot be changed.",
        "OBJECTIVE_BUDGET",
    ),
    "400-unknown-type": (
        refuse(400, indeed_said(("BRAND_NEW", "Never seen."))),
        State.REJECTED,
        "Never seen.",
        "Never seen.",
    ),
    "403-html": (html(403), State.HELD, "base address ends with /ads", "Forbidden"),
    "403-unknown-type": (
        refuse(403, indeed_said(("QUOTA_PERHAPS", "No."))),
        State.HELD,
        "refuses access (HTTP 403)",
        "QUOTA_PERHAPS",
    ),
    "404": (refuse(404, GONE), State.REJECTED, "another employer", "Not located."),
    "429": (refuse(429), State.WAITING, "asks to slow down", ""),
    "429-retry-after": (
        refuse(429, headers={"Retry-After": "40"}),
        State.WAITING,
        "asks to slow down",
        "",
    ),
    "500": (refuse(500, BROKEN), State.UNKNOWN, "check them", "Failed."),
    "500-html": (html(500), State.UNKNOWN, "HTTP 500", "Internal Server Error"),
    "502": (html(502), State.UNKNOWN, "HTTP 502", "Bad Gateway"),
    "503": (refuse(503), State.UNKNOWN, "HTTP 503", ""),
    "504": (html(504), State.UNKNOWN, "HTTP 504", "Gateway Time"),
    "cut-connection": (
        {"lost": "after"},
        State.UNKNOWN,
        "ended the connection without a complete answer",
        "",
    ),
    "redirect": (
        {"redirect": "https://example.com/elsewhere"},
        State.HELD,
        "pointed to another address",
        "",
    ),
    "not-http": ({"raw": "gibberish\n"}, State.UNKNOWN, "may have been applied", ""),
}


# what the token address answers, the state at the field, our words there
TOKEN = {
    "400-as-in-the-standard": (
        refuse(400, {"error": "invalid_request", "error_description": "Employer?"}),
        State.HELD,
        "most likely the employer id is wrong",
    ),
    "401-as-in-the-standard": (
        refuse(401, {"error": "invalid_client"}),
        State.HELD,
        "An admin must correct",
    ),
    "200-without-a-token": ({"answer": {"body": {}}}, State.HELD, "without a token"),
    "502-html": (html(502), State.WAITING, "token address"),
    "cut-connection": ({"lost": "before"}, State.WAITING, "complete answer"),
}


def problem(title, status=400, **more):
    return refuse(status, {"title": title, "status": status, **more})


def violations(*each):
    keys = ("title", "detail", "pointer")
    shown = [dict(zip(keys, one, strict=True)) for one in each]
    return problem("ValidationFailed", detail="Validation Failed", violations=shown)


MICROWORKERS = {
    "200-with-a-body": (
        {"answer": {"status": 200, "body": {"id": SIGNS}}},
        State.CONFIRMED,
        "Confirmed",
        "",
    ),
    "200-with-objections": (
        {"answer": {"status": 200, "body": {"violations": [{"title": "IsBlank"}]}}},
        State.UNKNOWN,
        "together with objections",
        "IsBlank",
    ),
    "400-one": (
        violations(("IsBlank", "This value is blank.", "/ttr")),
        State.REJECTED,
        "This value is blank.",
        "This value is blank.",
    ),
    "400-several": (
        violations(
            ("IsBlank", "This value is blank.", "/ttr"),
            ("DoesNotExist", "No such group.", "/groupId"),
        ),
        State.REJECTED,
        "This value is blank.",
        "No such group.",
    ),
    "400-unknown-pointer": (
        violations(("InternalTemplateUnknown", "No such template.", "/templateId")),
        State.REJECTED,
        "No such template.",
        "No such template.",
    ),
    "400-without-violations": (
        problem("ValidationFailed", detail="Validation Failed"),
        State.REJECTED,
        "Validation Failed",
        "ValidationFailed",
    ),
    "400-business-rule": (
        problem("NotEnoughMoneyToStartCampaign", detail="Not enough money."),
        State.REJECTED,
        "has not enough money",
        "Not enough money.",
    ),
    "400-unsupported": (
        violations(("AutoRateTasksAsSatisfiedNotSupported", "Not supported", "/ttr")),
        State.REJECTED,
        "cannot rate as satisfied by itself",
        "Not supported",
    ),
    "401": (problem("Unauthorized", 401), State.HELD, "API key", "Unauthorized"),
    "403": (
        problem("AccessDenied", 403),
        State.HELD,
        "find out which it is",
        "AccessDenied",
    ),
    "404": (
        problem("DoesNotExist", 404, detail="No campaign here."),
        State.REJECTED,
        "it is a basic campaign",
        "No campaign here.",
    ),
    "404-html": (html(404), State.REJECTED, "it is a basic campaign", "Not Found"),
    "409": (problem("AlreadyExists", 409), State.REJECTED, "exists already", "Already"),
    "422": (
        problem("IsBlank", 422),
        State.REJECTED,
        "This must not be empty.",
        "IsBlank",
    ),
    "429": (refuse(429), State.WAITING, "asks to slow down", ""),
    "500-null": (refuse(500, None), State.UNKNOWN, "HTTP 500", ""),
    "500-html": (html(500), State.UNKNOWN, "HTTP 500", "Internal Server Error"),
    "502": (html(502), State.UNKNOWN, "HTTP 502", "Bad Gateway"),
    "503": (refuse(503, "down"), State.UNKNOWN, "HTTP 503", "down"),
    "cut-connection": (
        {"lost": "before"},
        State.UNKNOWN,
        "ended the connection without a complete answer",
        "",
    ),
}


class Place:
    """One edit that met one answer: where a person looks for what became of it."""

    def __init__(self, client, road, remote_id, path, value, fault):
        road.sandbox.script(fault)
        road.sync()
        client.force_login(road.person)
        self.change = road.ask(remote_id, path, value)
        self.answered = road.deliver()
        self.field = self.change.fields.get()
        self.row = words(row(Tab(client, road.campaign(remote_id)).page(), path))
        self.story = unescape(text(client.get(f"/changes/{self.change.pk}/")))


def shown(place, state, ours, theirs):
    assert place.field.state == state
    assert ours in place.row
    assert ours in words(place.story)
    assert theirs in place.story.replace('\\"', '"')
    assert state.word in place.row


@pytest.mark.parametrize(("do", "state", "ours", "theirs"), INDEED.values(), ids=INDEED)
def test_indeed_is_put_into_words(client, road, do, state, ours, theirs):
    fault = {"match": PATCH, "do": do, "times": 0}

    place = Place(client, road("indeed"), WAREHOUSE, "name", "Renamed", fault)

    shown(place, state, ours, theirs)


@pytest.mark.parametrize(
    ("do", "state", "ours", "theirs"), MICROWORKERS.values(), ids=MICROWORKERS
)
def test_microworkers_is_put_into_words(client, road, do, state, ours, theirs):
    fault = {"match": PATCH, "do": do, "times": 0}

    place = Place(client, road("microworkers"), SIGNS, "ttr", "9", fault)

    shown(place, state, ours, theirs)


@pytest.mark.parametrize(("kind", "ours"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_a_fault_of_the_token_is_told_to_an_admin(client, road, kind, ours):
    do = refuse(403, indeed_said((kind, "Their wording."), data=None))
    fault = {"match": PATCH, "do": do, "times": 0}

    place = Place(client, road("indeed"), WAREHOUSE, "name", "Renamed", fault)

    shown(place, State.HELD, ours, "Their wording.")
    assert Connection.objects.get().is_held
    assert ours in words(text(client.get("/")))


def test_a_token_that_is_refused_once_is_renewed_and_nobody_notices(client, road):
    fault = {"match": PATCH, "do": refuse(401, INVALID), "times": 1}

    place = Place(client, road("indeed"), WAREHOUSE, "name", "Renamed", fault)

    shown(place, State.CONFIRMED, "Confirmed", "")


def test_a_token_that_is_refused_twice_holds_the_connection(client, road):
    fault = {"match": PATCH, "do": refuse(401, INVALID), "times": 0}

    place = Place(client, road("indeed"), WAREHOUSE, "name", "Renamed", fault)

    shown(place, State.HELD, "does not accept a token", "")
    assert Connection.objects.get().is_held


@pytest.mark.parametrize(("do", "state", "ours"), TOKEN.values(), ids=TOKEN)
def test_a_token_that_was_not_given_is_put_into_words(client, road, do, state, ours):
    indeed = road("indeed")
    indeed.sync()
    Connection.objects.update(sealed_token="", token_expires_at=None)
    indeed.sandbox.script({"match": {"path": "/oauth"}, "do": do, "times": 0})
    client.force_login(indeed.person)
    change = indeed.ask(WAREHOUSE, "name", "Renamed")

    indeed.deliver()

    page = words(row(Tab(client, indeed.campaign(WAREHOUSE)).page(), "name"))
    assert change.fields.get().state == state
    assert ours in page
    assert indeed.patches() == []


def test_what_a_platform_says_is_text_and_never_markup(client, road):
    said = indeed_said(("INVALID_REQUEST", "name: <script>alert(1)</script>"))
    fault = {"match": PATCH, "do": refuse(400, said), "times": 0}
    indeed = road("indeed")
    indeed.sandbox.script(fault)
    indeed.sync()
    client.force_login(indeed.person)
    change = indeed.ask(WAREHOUSE, "name", "Renamed")
    indeed.deliver()

    pages = text(Tab(client, indeed.campaign(WAREHOUSE)).page())
    pages += text(client.get(f"/changes/{change.pk}/"))

    assert "<script>alert" not in pages
    assert pages.count("&lt;script&gt;alert(1)") >= 2
