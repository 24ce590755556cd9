"""What every platform's form promises. A new platform is tested by being there."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import documents, registry
from campaigns.fields import Flag, PlatformField, Reported
from tests.platforms.posting import drawn, sent_again

FORMS = [platform.form for platform in registry.all()]
FIELDS = [(form, path) for form in FORMS for path in form.declared()]
JUNK_TEXT = [
    "\x00",
    "a\x00b",
    "\ud800",
    "1e999",
    "NaN",
    "Infinity",
    "-1",
    "1,5",
    "١٢",
    "9" * 100_000,
    "x" * 1_000_000,
    "<script>alert(1)</script>",
    "[" * 10_000,
    "null",
    " ",
    "\r\n",
]
JUNK_TYPES = [5, 1.5, True, b"x", ["a"], {"a": 1}, Decimal("NaN"), object()]
JUNK_CANONICAL = [
    "",
    "{",
    "NaN",
    "1e999",
    '"\\u0000"',
    '"\\ud800"',
    "1.5e-9",
    "[[[]]]",
    '{"a":1}',
    "-1",
    '"' + "x" * 100_000 + '"',
    "[" * 10_000,
]

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
each_field = pytest.mark.parametrize(
    ("form", "path"), FIELDS, ids=[f"{form.__name__}-{path}" for form, path in FIELDS]
)


def some_fields(chosen):
    return pytest.mark.parametrize(
        ("form", "path"),
        [(form, path) for form, path in FIELDS if chosen(form.declared()[path])],
    )


each_flag = some_fields(lambda field: isinstance(field, Flag))
each_blind_field = some_fields(lambda field: field.reported is Reported.NEVER)
unhurried = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)

numbers = st.integers(-10, 200) | st.decimals(
    min_value=-10, max_value=200, places=2, allow_nan=False
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=20).map(documents.clean),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8).map(documents.clean), inner, max_size=3)
    ),
    max_leaves=6,
)


def likely(field):
    """Values that this field probably understands, and some it does not."""
    offered = st.sampled_from([*getattr(field, "offered", ())] or [None])
    return anything | offered | st.sampled_from([True, False, 1, 7, 25, "some text"])


def documents_of(form):
    """Documents with any of the form's keys absent, null, odd or likely."""
    scalars, objects = {}, {}
    for path, field in form.declared().items():
        root, _, key = path.partition(".")
        objects.setdefault(root, {})[key] = likely(field)
        scalars[root] = likely(field)
    roots = {
        root: scalars[root]
        if "" in parts
        else anything | st.fixed_dictionaries({}, optional=parts)
        for root, parts in objects.items()
    }
    return st.fixed_dictionaries({}, optional=roots)


@each_field
def test_every_field_has_label_help_and_group(form, path):
    field = form.declared()[path]

    assert isinstance(field, PlatformField)
    assert all((field.label, field.help_text, field.group))
    assert field.reported in Reported


@each_form
def test_no_two_fields_share_a_label(form):
    labels = [field.label for field in form.declared().values()]

    assert len(labels) == len(set(labels))


@each_form
def test_each_group_stands_in_one_place(form):
    names = [name for name, _ in form.groups()]

    assert len(names) == len(set(names))


@each_form
def test_no_path_runs_through_another(form):
    paths = form.declared().keys()

    assert not [a for a in paths for b in paths if b.startswith(f"{a}.")]


@each_form
def test_no_input_name_is_used_by_two_fields(form):
    names = [set(drawn(form({}), path).names) for path in form.declared()]

    assert all(names)
    assert sum(map(len, names)) == len(set().union(*names))


@each_form
def test_dependants_are_declared_fields(form):
    named = {path for field in form.declared().values() for path in field.dependants}

    assert named <= form.declared().keys()


@each_form
def test_a_partial_form_holds_the_touched_field_and_its_dependants(form):
    for path, field in form.declared().items():
        assert form({}, only=[path]).fields.keys() == {path, *field.dependants}


@each_form
def test_an_undeclared_field_is_refused(form):
    with pytest.raises(LookupError):
        form({}, only=["no.such.field"])


@each_form
@unhurried
@given(data=st.data())
def test_every_field_posted_unchanged_yields_nothing(form, data):
    document = data.draw(documents_of(form))

    again = sent_again(form, document)

    assert again.is_valid(), again.errors
    assert again.wanted() == {}


@each_form
@unhurried
@given(data=st.data())
def test_a_post_without_a_field_leaves_it_alone(form, data):
    empty_post = form(data.draw(documents_of(form)), {})

    assert empty_post.is_valid()
    assert empty_post.wanted() == {}


@each_form
@unhurried
@given(data=st.data())
def test_canonical_text_survives_the_round_trip(form, data):
    for field in form.declared().values():
        text = field.canonical(data.draw(likely(field)))

        assert field.canonical(field.parse(text)) == text
        assert field.display(text)


@each_form
@unhurried
@given(data=st.data())
def test_any_document_can_be_shown(form, data):
    document = data.draw(documents_of(form))

    assert all(form.locks(document).values())
    assert all(label and words for label, words in form.extras(document))
    for field in form.declared().values():
        assert field.display(field.read(document), document)


@each_form
@unhurried
@given(data=st.data())
def test_a_plan_never_fails_and_sends_only_what_it_shows(form, data):
    document = data.draw(documents_of(form))
    fields = form.declared()
    chosen = data.draw(st.sets(st.sampled_from(sorted(fields))))
    wanted = {p: fields[p].canonical(data.draw(likely(fields[p]))) for p in chosen}

    plan = form.plan(document, wanted)

    roots = {e.field.partition(".")[0] for e in plan.edits if e.origin != "implied"}
    assert not plan.errors or plan.body == {}
    assert plan.errors or plan.body.keys() == roots
    assert all(edit.seen != edit.wanted for edit in plan.edits)


@each_form
@unhurried
@given(data=st.data())
def test_what_a_plan_sends_arrives_as_what_it_showed(form, data):
    document = data.draw(documents_of(form))
    fields = form.declared()
    path = data.draw(st.sampled_from(sorted(fields)))
    wanted = {path: fields[path].canonical(data.draw(likely(fields[path])))}

    plan = form.plan(document, wanted)

    arrived = {**document, **documents.loads(documents.wire(plan.body))}
    sent = [edit for edit in plan.edits if edit.origin != "implied"]
    assert plan.errors or all(
        fields[edit.field].read(arrived) == edit.wanted for edit in sent
    )


@each_form
@unhurried
@given(data=st.data())
def test_wanting_what_already_is_plans_nothing(form, data):
    document = data.draw(documents_of(form))
    read = {path: field.read(document) for path, field in form.declared().items()}

    plan = form.plan(document, {p: text for p, text in read.items() if text})

    assert (plan.edits, plan.body, plan.errors) == ((), {}, {})


@each_field
@pytest.mark.parametrize("raw", JUNK_TEXT, ids=lambda raw: repr(raw[:9]))
def test_junk_text_is_an_error_or_left_alone(form, path, raw):
    bound = form({}, {path: raw}, only=[path])

    assert bound.is_valid() or set(bound.errors) == {path}
    assert str(bound[path])
    plan = form.plan({}, bound.wanted() if bound.is_valid() else {})
    assert documents.wire(plan.body).encode()


@each_field
@pytest.mark.parametrize("raw", JUNK_TYPES, ids=lambda raw: type(raw).__name__)
def test_a_wrong_type_is_an_error_or_left_alone(form, path, raw):
    bound = form({}, {path: raw}, only=[path])

    assert bound.is_valid() or set(bound.errors) == {path}
    assert not bound.is_valid() or bound.wanted() == {}


@each_field
@pytest.mark.parametrize("text", JUNK_CANONICAL, ids=lambda text: repr(text[:9]))
def test_junk_canonical_text_is_refused(form, path, text):
    plan = form.plan({}, {path: text})

    assert path in plan.errors
    assert plan.body == {}


@each_form
def test_an_undeclared_path_is_an_error_in_a_plan(form):
    plan = form.plan({}, {"no.such.field": "1"})

    assert "no.such.field" in plan.errors
    assert plan.body == {}


@each_field
def test_a_locked_field_keeps_its_value_and_says_why(form, path):
    reason = form.locks({}).get(path, "")
    bound = form({}, {path: "7"}, only=[path])

    assert bound.fields[path].disabled == bool(reason)
    assert not reason or (bound.is_valid() and bound.wanted() == {})
    assert not reason or reason.endswith(".")


@each_flag
def test_a_flag_nobody_reported_can_be_left_alone(form, path):
    choices = form({}).fields[path].widget.choices

    assert [value for value, _ in choices] == ["", "on", "off"]


@each_flag
def test_an_unsent_edit_is_shown_in_its_input(form, path):
    is_locked = path in form.locks({})
    shown = form({}, initial_edits={path: "true"})[path].value()

    assert shown == ("" if is_locked else "on")


@each_blind_field
def test_a_field_that_is_never_reported_is_planned_blind(form, path):
    assert not form.declared()[path].is_readable({})
