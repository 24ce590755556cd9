"""Assumptions from the environment: what makes no sense is named, never guessed."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from campaigns.gateway.environment import count, flag

NAME = "DESK_TEST_ASSUMPTION"


@pytest.mark.parametrize("text", ["", " "])
def test_a_variable_that_is_set_and_empty_means_the_usual(monkeypatch, text):
    monkeypatch.setenv(NAME, text)

    assert (flag(NAME, True), flag(NAME, False), count(NAME, 7)) == (True, False, 7)


@pytest.mark.parametrize(
    ("text", "means"),
    [("1", True), (" Yes ", True), ("ON", True), ("0", False), ("false", False)],
)
def test_a_yes_or_no_is_read_in_the_usual_spellings(monkeypatch, text, means):
    monkeypatch.setenv(NAME, text)

    assert flag(NAME, not means) is means


@pytest.mark.parametrize("text", ["maybe", "2", "y e s"])
def test_neither_yes_nor_no_is_named(monkeypatch, text):
    monkeypatch.setenv(NAME, text)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        flag(NAME, True)


@pytest.mark.parametrize("text", ["-1", "+5", "1_000", "7.0", "\u0663", "9" * 10, "x"])
def test_what_is_no_plain_number_is_named(monkeypatch, text):
    monkeypatch.setenv(NAME, text)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        count(NAME, 7)
