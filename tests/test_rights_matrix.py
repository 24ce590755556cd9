"""Every route of the site against every kind of visitor, over the real URL conf."""

import pytest
from django.http import HttpResponse
from django.urls import get_resolver, path

from campaigns.models import Person
from campaigns.rights import RIGHTS, Right, Role
from dashboard.accounts import routes
from dashboard.matrix import CLOSED, ROUTES
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

NAMES = sorted({name for name, _ in routes.patterns()})
AUDITED = sorted(name for name, right in ROUTES.items() if right == Right.AUDIT)
VISITORS = ("signed out", "marketer", "manager", "admin", "inactive", "no role")


class BehindTheGate:
    """Stands where views stand: whoever gets here was let through."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return HttpResponse("let through")


@pytest.fixture
def gate(settings, client):
    here = f"{__name__}.BehindTheGate"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, here]
    return client


def address(name):
    """An address that leads to this route, whatever it takes in its path."""
    template, parameters = get_resolver().reverse_dict[name][0][0]
    return "/" + template % dict.fromkeys(parameters, 1)


def come_as(visitor, client):
    if visitor == "signed out":
        return
    role = {"inactive": "admin", "no role": ""}.get(visitor, visitor)
    person = PersonFactory(**{f"is_{each}": each == role for each in Role})
    client.force_login(person)
    if visitor == "inactive":
        Person.objects.filter(pk=person.pk).update(is_active=False)


def fate(response):
    if response.content == b"let through":
        return "let through"
    to_sign_in = response.headers.get("Location", "").startswith("/account/login/")
    return "signs in first" if to_sign_in else response.status_code


def due(name, visitor):
    if name in CLOSED:
        return 404
    if ROUTES[name] == Right.PUBLIC:
        return "let through"
    if visitor in ("signed out", "inactive"):
        return "signs in first"
    may = visitor in RIGHTS and ROUTES[name] in RIGHTS[Role(visitor)]
    return "let through" if may else 403


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("name", NAMES)
def test_each_route_admits_exactly_whom_the_matrix_names(gate, name, visitor):
    come_as(visitor, gate)

    assert fate(gate.get(address(name))) == due(name, visitor)


@pytest.mark.parametrize("name", AUDITED)
def test_who_may_not_audit_is_told_whom_the_page_is_for(gate, name):
    come_as("marketer", gate)

    refusal = gate.get(address(name)).content.decode()

    assert "This page is for managers and admins." in refusal


def test_the_matrix_names_every_route():
    assert routes.check_routes() == []


def test_the_matrix_names_no_route_that_is_gone():
    assert set(ROUTES) | CLOSED <= set(NAMES)


def nobody_mentioned(request):
    return HttpResponse("secret")


urlpatterns = [path("new", nobody_mentioned, name="thing_list"), path("", lambda r: r)]


@pytest.mark.urls(__name__)
def test_a_route_missing_from_the_matrix_is_refused_and_named(client):
    client.force_login(PersonFactory(admin=True))

    assert client.get("/new").status_code == 403
    assert any("thing_list" in error.msg for error in routes.check_routes())


@pytest.mark.urls(__name__)
def test_a_route_without_a_name_is_refused_and_named(client):
    client.force_login(PersonFactory(admin=True))

    assert client.get("/").status_code == 403
    assert len(routes.check_routes()) == 2


def test_a_signed_out_part_of_a_page_moves_the_whole_page_to_sign_in(client):
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people?q=1"}

    response = client.post("/account/password/change/", headers=here)

    assert response.headers["HX-Redirect"] == "/account/login/?next=/people%3Fq%3D1"


def test_a_part_that_names_no_page_moves_to_sign_in_all_the_same(client):
    here = {"HX-Request": "true", "HX-Current-URL": "http://["}

    response = client.get("/people", headers=here)

    assert response.headers["HX-Redirect"] == "/account/login/?next=/"


@pytest.mark.parametrize("charset", ["hex", "unicode_escape", "utf-16"])
def test_what_names_another_encoding_than_utf_8_is_refused(client, charset):
    odd = f"multipart/form-data; boundary=x; charset={charset}"
    named = 'Content-Disposition: form-data; name="login"'
    body = f"--x\r\n{named}\r\n\r\n\\ud800@example.com\r\n--x--\r\n"

    looked = client.get("/account/login/", headers={"Content-Type": odd})
    sent = client.generic("POST", "/account/login/", body, odd)

    assert (looked.status_code, sent.status_code) == (400, 400)


def test_utf_8_may_be_named(client):
    plain = "application/x-www-form-urlencoded; charset=UTF-8"

    answer = client.get("/account/login/", headers={"Content-Type": plain})

    assert answer.status_code == 200


def test_a_signed_out_visitor_comes_back_to_the_page_after_sign_in(client):
    response = client.get("/account/2fa/?a=b")

    assert response.headers["Location"] == "/account/login/?next=/account/2fa/%3Fa%3Db"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/review?a=b", "/review%3Fa%3Db"),
        ("http://elsewhere.example/review", "/"),
        ("http://testserver//elsewhere.example/", "/elsewhere.example/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_a_signed_out_form_comes_back_to_the_page_it_was_sent_from(client, page, back):
    response = client.post("/review/send", {}, headers={"Referer": page})

    assert response.headers["Location"] == f"/account/login/?next={back}"


def test_pages_are_kept_by_no_cache_and_differ_for_parts(gate):
    gate.force_login(PersonFactory())

    response = gate.get("/account/password/change/")

    assert response.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in response.headers["Vary"]
