"""What people type into free texts is kept whole, or refused in words."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import typed

SAYS = "Give a name of 1 to 5 characters."


@pytest.mark.parametrize(
    "given", ["a", " five5 ", "\u202eb", "a\nb", "\N{ZERO WIDTH JOINER}"]
)
def test_what_can_be_stored_is_kept_without_the_blanks_around_it(given):
    assert typed.text(given, 5, SAYS) == given.strip()


@pytest.mark.parametrize("given", ["", "  \n", "sixsix"])
def test_nothing_and_too_much_are_refused_in_the_words_of_the_caller(given):
    with pytest.raises(ValidationError) as caught:
        typed.text(given, 5, SAYS)

    assert caught.value.messages == [SAYS]


@pytest.mark.parametrize("given", ["a\x00b", "a\ud800", "\udfff" * 9])
def test_what_no_database_keeps_is_refused_as_that(given):
    with pytest.raises(ValidationError) as caught:
        typed.text(given, 5, SAYS)

    assert caught.value.messages == [typed.INVISIBLE]
