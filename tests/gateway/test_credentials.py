import pytest

from campaigns.gateway.contract import Hold, Secret, Unavailable
from campaigns.gateway.credentials import given
from tests.gateway.conftest import account

KEY = Secret(name="key", label="API key", help="")
MORE = Secret(name="more", label="More", help="", required=False)


def test_a_value_loses_what_pasting_added():
    assert given(account(secrets={"key": " abc\n"}), KEY) == "abc"


def test_an_optional_value_may_be_missing():
    assert given(account(), MORE) == ""


@pytest.mark.parametrize("value", ["", "  ", "ab\ncd", "ab\r\nX: y", "abü", "a\0b"])
def test_a_value_that_cannot_be_sent_is_refused_without_repeating_it(value):
    with pytest.raises(Unavailable) as caught:
        given(account(secrets={"key": value}), KEY)

    assert caught.value.hold is Hold.CONNECTION
    assert "API key" in caught.value.message
    assert "ab" not in caught.value.message
