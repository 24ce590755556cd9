from ipaddress import ip_address

import pytest

from campaigns.gateway import addresses
from campaigns.gateway.contract import Hold, Rejected, Unavailable

BASE = "https://apis.example/ads"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://apis.example/ads", "https://apis.example/ads"),
        (" https://apis.example/ads/ ", "https://apis.example/ads"),
        ("https://apis.example:8443", "https://apis.example:8443"),
    ],
)
def test_a_usable_address_is_kept_without_its_last_slash(given, kept):
    assert addresses.checked(given, loopback_allowed=False) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "apis.example/ads",
        "https://",
        "https:///ads",
        "ftp://apis.example",
        "http://apis.example/ads",
        "https://me:secret@apis.example",
        "https://me@apis.example",
        "https://apis.example/ads?x=1",
        "https://apis.example/ads?",
        "https://apis.example/ads#x",
        "https://apis.example/a b",
        "https://apis.example\\@evil.example/",
        "https://apis.example/\r\nX: y",
        "https://apis.example:99999",
        "https://apis.example:0",
        "https://[::1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://127.0.0.1:8000",
        "https://localhost",
        "https://[::1]/",
    ],
)
def test_an_unusable_address_holds_the_connection(given):
    with pytest.raises(Unavailable) as caught:
        addresses.checked(given, loopback_allowed=False)

    assert caught.value.hold is Hold.CONNECTION
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_plain_http_is_for_this_machine_and_by_permission(host):
    address = f"http://{host}/ads"

    assert addresses.checked(address, loopback_allowed=True) == address


def test_plain_http_stays_refused_elsewhere_whatever_is_allowed():
    with pytest.raises(Unavailable, match="https://"):
        addresses.checked("http://apis.example", loopback_allowed=True)


def test_joining_keeps_the_path_of_the_base():
    assert addresses.join(BASE, "v1", "campaigns") == f"{BASE}/v1/campaigns"


@pytest.mark.parametrize(
    ("remote_id", "sent"),
    [
        ("3141592653589793", "3141592653589793"),
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("50%", "50%25"),
        ("ü", "%C3%BC"),
        ("../x", "..%2Fx"),
    ],
)
def test_a_remote_id_stays_one_segment(remote_id, sent):
    assert addresses.join(BASE, remote_id) == f"{BASE}/{sent}"


@pytest.mark.parametrize("remote_id", ["", ".", ".."])
def test_a_remote_id_that_would_climb_is_no_campaign(remote_id):
    with pytest.raises(Rejected) as caught:
        addresses.join(BASE, "v1", remote_id)

    assert caught.value.status == 404


@pytest.mark.parametrize(
    "address",
    [
        "https://apis.example/ads/v1/campaigns?start=abc",
        "https://APIS.example:443/ads/v1",
        "https://apis.example/ads/v1?start=a%2Bb==&x='",
    ],
)
def test_an_address_below_the_base_may_be_followed(address):
    assert addresses.same_origin(address, BASE)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/ads/v1",
        "https://apis.example.evil.example/ads/v1",
        "https://apis.example@evil.example/ads/v1",
        "https://evil@apis.example/ads/v1",
        "https://apis.example\\@evil.example/ads/v1",
        "http://apis.example/ads/v1",
        "https://apis.example:8443/ads/v1",
        "https://apis.example/other",
        "https://apis.example/adsx/v1",
        "https://apis.example/ads/../admin",
        "https://apis.example/ads/%2e%2E/admin",
        "https://apis.example/ads/v1\r\nX: y",
        "https://[::1/ads/v1",
        "//apis.example/ads/v1",
        "/v1/campaigns",
        "None/v1/campaigns",
    ],
)
def test_any_other_address_may_not(address):
    assert not addresses.same_origin(address, BASE)


def refused(text, **allowed):
    options = {"plain": False, "loopback_allowed": False} | allowed
    return addresses.refusal(ip_address(text), **options)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::a00:1",
        "2002:a00:1::1",
        "2002:7f00:1::1",
        "5f00::1",
    ],
)
def test_a_private_address_is_refused_however_it_is_wrapped(address):
    assert refused(address)


@pytest.mark.parametrize("address", ["64:ff9b::127.0.0.1", "2002:7f00:1::1"])
def test_a_way_through_a_gateway_is_never_this_machine(address):
    assert refused(address, plain=True, loopback_allowed=True)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800::1", "64:ff9b::93.184.215.14"]
)
def test_a_public_address_may_be_called_by_a_translator_too(address):
    assert not refused(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "fd00::1", "127.0.0.1"])
def test_a_private_network_opens_where_the_settings_say_so(address):
    assert not refused(address, loopback_allowed=True)
