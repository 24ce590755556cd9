"""JSON laid out for people: not a character is lost, no number is rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import documents
from campaigns.views.pretty import indented

LEAVES = st.none() | st.booleans() | st.integers() | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(VALUES)
def test_what_is_laid_out_is_still_the_same_value(value):
    text = documents.canonical(documents.clean(value))

    assert documents.canonical(documents.loads(indented(text))) == text


def test_numbers_keep_their_digits():
    assert indented('{"a":48.50,"b":[1e2]}') == (
        '{\n  "a": 48.50,\n  "b": [\n    1e2\n  ]\n}'
    )


@pytest.mark.parametrize("text", ["", "<html>no</html>", '{"cut": "of', "{} x"])
def test_what_is_no_json_stays_as_it_is(text):
    assert indented(text) == text


def test_signs_inside_words_start_no_line():
    assert indented('"a{b}[c],d:e\\"f"') == '"a{b}[c],d:e\\"f"'


@pytest.mark.parametrize("text", ["{}", "[]", '{\n  "a": {}\n}'])
def test_what_is_empty_stays_on_its_line(text):
    assert indented(text) == text


def test_an_answer_made_of_brackets_does_not_fill_a_page():
    deep = "[" * 63 + "0," * 30_000 + "0" + "]" * 63

    laid_out = indented(deep)

    assert len(laid_out) < 12 * len(deep)
    assert "".join(laid_out.split()) == deep
