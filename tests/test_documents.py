"""Foreign JSON goes in and out without losing or gaining a digit."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import documents

numbers = st.integers() | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30
)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_sent_reads_back_equal(value):
    assert documents.loads(documents.wire(value)) == value


@given(values)
def test_canonical_text_is_stable(value):
    text = documents.canonical(value)

    assert documents.canonical(documents.loads(text)) == text


@given(values)
def test_wire_is_json_for_everybody_else(value):
    json.loads(documents.wire(value))


@pytest.mark.parametrize(
    ("number", "text"),
    [("10.10", "10.10"), ("1E+2", "100"), ("1E-7", "0.0000001"), ("0", "0")],
)
def test_a_decimal_is_sent_digit_for_digit_in_fixed_notation(number, text):
    assert documents.wire({"target": Decimal(number)}) == f'{{"target":{text}}}'


@pytest.mark.parametrize(
    ("first", "second"), [("10.1", "10.10"), ("1E+2", "100"), ("-0.0", "0")]
)
def test_equal_decimals_are_equal_text(first, second):
    assert documents.canonical(Decimal(first)) == documents.canonical(Decimal(second))


def test_a_whole_decimal_equals_the_whole_number():
    assert documents.canonical(Decimal("7.0")) == documents.canonical(7)


def test_canonical_never_rounds_a_long_number():
    digits = "123456789012345678901234567890.123456789012345678901"

    assert documents.canonical(Decimal(digits)) == digits


def test_wire_keeps_the_order_of_keys_and_canonical_sorts_them():
    document = {"b": 1, "a": {"d": 2, "c": 3}}

    assert documents.wire(document) == '{"b":1,"a":{"d":2,"c":3}}'
    assert documents.canonical(document) == '{"a":{"c":3,"d":2},"b":1}'


def test_fractions_are_read_as_decimals_and_whole_numbers_as_int():
    value = documents.loads(b'{"target": 10.10, "ttr": 7}')

    assert value == {"target": Decimal("10.10"), "ttr": 7}
    assert isinstance(value["target"], Decimal)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        '{"a":',
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        "1e-999",
        "1e99999999999999999999",
        "9" * 5000,
        "0." + "9" * 5000,
        b"\xff\xfe",
        "[" * 65 + "]" * 65,
        '{"a":' * 100 + "1" + "}" * 100,
        "[" * 100_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_cannot_be_read_safely_is_refused(text):
    with pytest.raises(documents.Unreadable):
        documents.loads(text)


def test_sixty_four_levels_are_read():
    assert documents.loads("[" * 64 + "]" * 64)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"]":', '["\\"]",{"a":'])
def test_too_many_levels_are_refused_before_the_parser_descends(opening):
    with pytest.raises(documents.Unreadable, match="deeper than 64"):
        documents.loads(opening * 10_000)


@pytest.mark.parametrize("text", ["[" * 100, "\\" + "[" * 100, '\\"[{'])
def test_brackets_inside_text_are_no_levels(text):
    value = [text] * 100

    assert documents.loads(documents.wire(value)) == value


def test_many_brackets_side_by_side_are_no_levels():
    assert documents.loads("[" + "[{}]," * 1000 + "0]")[0] == [{}]


def test_of_a_doubled_key_the_last_counts():
    assert documents.loads('{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize("value", [1.5, {"a": float("nan")}, {1: "a"}, b"x", {"a"}])
def test_what_json_cannot_hold_exactly_is_refused(value):
    with pytest.raises(TypeError):
        documents.canonical(value)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_numbers_that_are_none_are_never_written(number):
    with pytest.raises(ValueError, match="finite"):
        documents.wire([Decimal(number)])


def test_clean_replaces_what_databases_refuse_in_values_and_keys():
    dirty = {"a\x00": ["x\ud800", {"b": "\udfff"}], "n": 1}

    assert documents.clean(dirty) == {"a\ufffd": ["x\ufffd", {"b": "\ufffd"}], "n": 1}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("a", {"b": 1}),
        ("n.b", None),
        ("a.c", documents.MISSING),
        ("a.b.c", documents.MISSING),
        ("x", documents.MISSING),
    ],
)
def test_get_tells_absent_from_null(path, value):
    assert documents.get({"a": {"b": 1}, "n": None}, path) == value


def test_put_returns_a_copy_and_keeps_siblings():
    document = {"a": {"b": 1, "c": 2}}

    assert documents.put(document, "a.b", 9) == {"a": {"b": 9, "c": 2}}
    assert document == {"a": {"b": 1, "c": 2}}


def test_put_makes_the_objects_on_its_way():
    assert documents.put({"a": None}, "a.b.c", 1) == {"a": {"b": {"c": 1}}}


@pytest.mark.parametrize(
    "number", [f"1.{'7' * 150}e-300", f"0.{'1' * 120}e-305", f"-{'9' * 399}"]
)
def test_what_was_read_can_be_read_again_after_it_was_written(number):
    try:
        value = documents.loads(number)
    except documents.Unreadable:
        return

    assert documents.loads(documents.wire(value)) == value
