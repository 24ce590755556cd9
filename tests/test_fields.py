"""Fields read, compare, show and refuse, without knowing any platform."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from campaigns.fields import Choice, Exact, Flag, LongText, Reported, Text, Whole

SAID = {"label": "Field", "help_text": "Help.", "group": "Group", "path": "a.b"}
TEXT = Text(limit=5, **SAID)
LONG = LongText(limit=50, **SAID)
WHOLE = Whole(least=1, most=30, unit="days", **SAID)
EXACT = Exact(**SAID)
FLAG = Flag(**SAID)
SIZE = Choice(choices=[(5, "Small"), (25, "Large")], withheld=[(99, "Huge")], **SAID)


def fitted(field, document):
    field = field.__deepcopy__({})
    field.fit(document)
    return field


def document(value):
    return {"a": {"b": value}}


@pytest.mark.parametrize("field", [TEXT, LONG, WHOLE, EXACT, FLAG, SIZE])
@pytest.mark.parametrize("unread", [{}, {"a": {}}, {"a": 5}, {"a": []}])
def test_a_value_that_is_not_reported_is_unknown(field, unread):
    assert field.read(unread) is None
    assert field.display(None) == "Unknown"


@pytest.mark.parametrize("field", [TEXT, LONG, WHOLE, EXACT, FLAG, SIZE])
@pytest.mark.parametrize("empty", [{"a": None}, {"a": {"b": None}}])
def test_a_null_is_known_to_be_empty(field, empty):
    assert field.read(empty) == "null"
    assert field.display("null") == "empty"


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_blank_text_and_null_are_the_same_emptiness(text):
    assert TEXT.read(document(text)) == "null"


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (TEXT, " abc ", "abc"),
        (LONG, "a\r\nb\rc", "a\nb\nc"),
        (WHOLE, Decimal("7.0"), 7),
        (WHOLE, "7", 7),
        (EXACT, Decimal("10.10"), Decimal("10.1")),
        (EXACT, "10.10", Decimal("10.1")),
        (SIZE, "25", 25),
        (SIZE, Decimal("25"), 25),
    ],
)
def test_values_that_mean_the_same_are_equal_text(field, one, other):
    assert field.canonical(one) == field.canonical(other)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (TEXT, "abc", "ABC"),
        (WHOLE, True, 1),
        (WHOLE, Decimal("7.5"), 7),
        (FLAG, True, "true"),
        (FLAG, False, None),
        (SIZE, True, 1),
    ],
)
def test_values_that_mean_different_things_stay_apart(field, one, other):
    assert field.canonical(one) != field.canonical(other)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (TEXT, "abc", "abc"),
        (WHOLE, 7, "7 days"),
        (WHOLE, 1, "1 day"),
        (WHOLE, "soon", "soon"),
        (EXACT, Decimal("10.10"), "10.1"),
        (FLAG, True, "On"),
        (FLAG, False, "Off"),
        (FLAG, "maybe", "maybe"),
        (SIZE, 25, "Large"),
        (SIZE, 99, "Huge"),
        (SIZE, 30, "30"),
        (SIZE, {"new": 1}, '{"new":1}'),
    ],
)
def test_values_are_shown_in_words_and_foreign_ones_as_they_are(field, value, words):
    assert field.display(field.canonical(value)) == words


def test_a_percentage_has_a_hard_space():
    mark = Whole(least=0, most=100, unit="%", **SAID)

    assert mark.display("80") == "80\u00a0%"


@pytest.mark.parametrize(
    ("field", "typed", "wanted"),
    [
        (TEXT, " abc ", '"abc"'),
        (TEXT, "ééééé", '"ééééé"'),
        (LONG, "a\r\nb", '"a\\nb"'),
        (WHOLE, " 30 ", "30"),
        (WHOLE, "1", "1"),
        (EXACT, "10.50", "10.5"),
        (EXACT, "100", "100"),
        (FLAG, "on", "true"),
        (FLAG, "off", "false"),
        (SIZE, "25", "25"),
    ],
)
def test_what_is_typed_becomes_canonical(field, typed, wanted):
    assert fitted(field, {}).clean(typed) == wanted


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (TEXT, "sixsix"),
        (TEXT, "a\x00"),
        (TEXT, "\ud800"),
        (WHOLE, "0"),
        (WHOLE, "31"),
        (WHOLE, "-1"),
        (WHOLE, "7.0"),
        (WHOLE, "1e1"),
        (WHOLE, "٧"),
        (WHOLE, "9" * 13),
        (EXACT, "0"),
        (EXACT, "0.00"),
        (EXACT, "-1"),
        (EXACT, "10,50"),
        (EXACT, "1e3"),
        (EXACT, "NaN"),
        (EXACT, "Infinity"),
        (EXACT, "1 000"),
        (EXACT, "0.123456789"),
        (FLAG, "true"),
        (SIZE, "99"),
        (SIZE, "6"),
    ],
)
def test_what_breaks_the_rules_is_refused(field, typed):
    with pytest.raises(ValidationError):
        fitted(field, {}).clean(typed)


def test_a_text_too_long_says_how_long_it_is():
    with pytest.raises(ValidationError, match="at most 5 characters; this has 8"):
        fitted(TEXT, {}).clean("too long")


@pytest.mark.parametrize("field", [TEXT, WHOLE, EXACT])
def test_a_known_value_cannot_be_emptied(field):
    with pytest.raises(ValidationError, match="never emptied"):
        fitted(field, document(7)).clean("")


@pytest.mark.parametrize("field", [TEXT, WHOLE, EXACT, FLAG, SIZE])
@pytest.mark.parametrize("unset", [{}, document(None)])
def test_an_empty_input_leaves_an_empty_or_unknown_value(field, unset):
    assert fitted(field, unset).clean("") is None


@pytest.mark.parametrize(("field", "value"), [(SIZE, 25), (FLAG, True)])
def test_leave_as_it_is_leaves_a_known_choice_too(field, value):
    assert fitted(field, document(value)).clean("") is None


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (TEXT, "far too long", "far too long"),
        (WHOLE, 99, "99"),
        (WHOLE, Decimal("7.5"), "7.5"),
        (EXACT, -5, "-5"),
        (SIZE, 30, "30"),
        (SIZE, 99, "99"),
    ],
)
def test_a_value_against_the_rules_can_stay_as_it_is(field, value, shown):
    assert fitted(field, document(value)).clean(shown) is None


@pytest.mark.parametrize(
    ("value", "choices"),
    [
        (25, ["5", "25"]),
        (30, ["30", "5", "25"]),
        (99, ["99", "5", "25"]),
        (None, ["", "5", "25"]),
    ],
)
def test_a_choice_offers_the_present_value_only_beside_the_allowed(value, choices):
    offered = fitted(SIZE, document(value)).widget.choices

    assert [raw for raw, _ in offered] == choices


@pytest.mark.parametrize(
    ("value", "choices"),
    [(True, ["on", "off"]), (False, ["on", "off"]), (None, ["", "on", "off"])],
)
def test_a_flag_can_be_left_only_while_it_is_unknown(value, choices):
    offered = fitted(FLAG, document(value)).widget.choices

    assert [raw for raw, _ in offered] == choices


def test_a_null_means_off_where_the_field_says_so():
    switch = Flag(null_is_off=True, **SAID)

    assert switch.read({"a": None}) == "false"
    assert switch.read({}) is None


@given(st.decimals("0.01", "999999999.99", places=2))
def test_an_amount_is_exact_from_keyboard_to_wire(amount):
    text = fitted(EXACT, {}).clean(format(amount, "f"))

    assert EXACT.json(EXACT.parse(text)) == amount


@pytest.mark.parametrize(
    ("reported", "unread", "read"),
    [
        (Reported.ALWAYS, True, True),
        (Reported.SOMETIMES, False, True),
        (Reported.NEVER, False, True),
    ],
)
def test_readable_is_what_a_read_can_show(reported, unread, read):
    field = Text(limit=5, reported=reported, **SAID)

    assert field.is_readable({}) is unread
    assert field.is_readable(document("x")) is read


def test_a_first_value_that_stays_is_final():
    field = Text(limit=5, one_way="It stays.", **SAID)

    assert field.final("null", '"a"', {}) == "It stays."
    assert field.final('"a"', '"b"', {}) == ""


def test_caution_is_given_only_when_a_flag_goes_on():
    spender = Flag(caution="Spends money.", **SAID)

    assert [note.text for note in spender.advice("true", {})] == ["Spends money."]
    assert spender.advice("false", {}) == []


def test_a_foreign_line_end_in_a_number_is_left_as_it_is():
    words = {"label": "Copies", "help_text": "How many.", "group": "Run"}
    field = Whole(path="copies", least=1, **words)
    field.fit({"copies": "\r"})

    assert field.clean("") is None
