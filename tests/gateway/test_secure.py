"""Exchanges over TLS, with certificates made for the test."""

import ssl

import pytest

from campaigns.gateway.contract import OutcomeUnknown, Unavailable
from tests.certificates import certificate
from tests.gateway import raw
from tests.gateway.conftest import HASTY


@pytest.fixture
def secured(tmp_path):
    """Start a TLS server; gives it and the file to trust."""
    running = []

    def start(*plays, **kind):
        path = certificate(tmp_path, **kind)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        server = raw.RawServer(plays or [raw.answer()], context)
        running.append(server)
        return f"https://127.0.0.1:{server.port}", path, server

    yield start
    for server in running:
        server.stop()


def test_an_exchange_works_over_tls_and_keeps_the_connection(secured, calling):
    url, trusted, server = secured(raw.answer(200, '{"a":1}'))
    call = calling(ca_bundle=trusted)

    assert call(url).document == call(url).document == {"a": 1}
    assert server.accepted == 1


def test_an_untrusted_certificate_gets_nothing(secured, call):
    url, _, server = secured()

    with pytest.raises(Unavailable, match="self-signed certificate.*Nothing was sent"):
        call(url)

    assert server.seen == []


def test_a_certificate_for_another_host_gets_nothing(secured, calling):
    url, trusted, server = secured(address="127.0.0.2")

    with pytest.raises(Unavailable, match="No secure connection.*Nothing was sent"):
        calling(ca_bundle=trusted)(url)

    assert server.seen == []


def test_an_expired_certificate_gets_nothing(secured, calling):
    url, trusted, _ = secured(days=-1)

    with pytest.raises(Unavailable, match="certificate has expired"):
        calling(ca_bundle=trusted)(url)


def test_a_bundle_of_the_environment_is_not_trusted(secured, call, monkeypatch):
    url, trusted, _ = secured()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trusted)

    with pytest.raises(Unavailable, match="self-signed"):
        call(url)


def test_a_stalled_handshake_sent_nothing(hasty):
    refused = pytest.raises(Unavailable, match="handshake in time. Nothing was sent")
    with raw.raw_server(raw.hang) as silent, refused:
        hasty(f"https://127.0.0.1:{silent.port}")


def test_a_peer_that_speaks_no_tls_gets_nothing(hasty):
    with raw.raw_server(raw.answer()) as plain:
        url = f"https://127.0.0.1:{plain.port}"
        with pytest.raises(Unavailable, match="No secure connection|in time"):
            hasty(url)


def test_a_drip_over_tls_ends_with_the_total_time(secured, calling):
    url, trusted, _ = secured(raw.drip(raw.answer(200, "{}"), 0.1))

    with pytest.raises(OutcomeUnknown) as caught:
        calling(ca_bundle=trusted, timeout=HASTY)(url)

    assert 0.9 < caught.value.exchange.seconds < 4


@pytest.mark.parametrize("play", [raw.close, raw.reset, raw.cut(raw.answer(), 9)])
def test_a_lost_answer_over_tls_may_have_been_applied(secured, calling, play):
    url, trusted, _ = secured(play)

    with pytest.raises(OutcomeUnknown):
        calling(ca_bundle=trusted)(url)
