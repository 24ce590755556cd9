"""House rules that the import contracts cannot say, read from the syntax tree."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text())
    for package in ("campaigns", "dashboard")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
}
LONGEST_FUNCTION = 40
LONGEST_MODULE = 250
ONE_FILE = "campaigns/audit/check_export.py"
"""Goes to auditors by itself, with nothing to import."""
LONGEST_TESTS = 400
BANNED = ("manager", "handler", "service", "helper", "processor", "utils", "common")
MAKING = ("AuditEntry", "AuditEntry.objects.create", "AuditEntry.objects.bulk_create")


def found(tree, kind):
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def calling(is_meant):
    """The modules with a call like that, told as its dotted name and keywords."""
    return {
        place
        for place, tree in TREES.items()
        for call in found(tree, ast.Call)
        if is_meant(ast.unparse(call.func), {word.arg for word in call.keywords})
    }


def test_only_changes_moves_a_state():
    moving = calling(lambda name, words: name.endswith(".update") and "state" in words)

    assert moving == {"campaigns/changes/moves.py"}


def test_only_the_audit_module_makes_entries():
    assert calling(lambda name, _: name in MAKING) == {"campaigns/audit/entries.py"}


def test_no_view_and_no_reader_appends_to_the_history():
    appending = calling(lambda name, _: name == "audit.append")

    assert not [name for name in appending if "/views/" in name or "/queries" in name]


def test_every_module_says_what_it_is_for():
    silent = [place for place, tree in TREES.items() if not ast.get_docstring(tree)]

    assert [place for place in silent if (ROOT / place).read_text().strip()] == []


def test_no_module_is_named_for_nothing():
    assert [place for place in TREES if Path(place).stem in BANNED] == []


def test_nothing_is_imported_inside_a_function():
    late = {
        place
        for place, tree in TREES.items()
        for function in found(tree, ast.FunctionDef)
        if found(function, ast.Import | ast.ImportFrom)
    }

    assert late == set()


def test_no_function_is_longer_than_a_page():
    long = {
        f"{place}:{node.name}": node.end_lineno - node.lineno + 1
        for place, tree in TREES.items()
        for node in found(tree, (ast.FunctionDef, ast.AsyncFunctionDef))
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == {}


def test_no_module_is_longer_than_fits_in_the_head():
    lines = {place: len((ROOT / place).read_text().splitlines()) for place in TREES}
    del lines[ONE_FILE]

    assert {name: n for name, n in lines.items() if n > LONGEST_MODULE} == {}


def test_no_file_of_tests_is_longer_than_fits_in_the_head():
    files = (ROOT / "tests").rglob("*.py")
    lines = {str(path): len(path.read_text().splitlines()) for path in files}

    assert {name: n for name, n in lines.items() if n > LONGEST_TESTS} == {}


def test_no_comment_of_a_template_goes_over_its_line():
    """Django takes one for text, and shows it."""
    open_ended = [
        f"{path}: {line}"
        for path in (ROOT / "templates").rglob("*.*")
        for line in path.read_text().splitlines()
        if line.count("{#") != line.count("#}")
    ]

    assert open_ended == []
