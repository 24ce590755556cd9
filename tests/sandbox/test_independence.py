"""The stand-ins must be able to disagree with our forms: they never read them."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "campaigns"
FILES = [
    *ROOT.glob("gateway/standin/*.py"),
    *ROOT.glob("platforms/*/sandbox/*.py"),
]
OURS = ("campaigns.documents", "campaigns.gateway.standin")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name + path.stem)
def test_a_stand_in_imports_neither_forms_nor_clients(path):
    own = ".".join(path.parent.relative_to(ROOT.parent).parts)

    foreign = [
        name
        for name in imported(path)
        if name.startswith("campaigns.") and not name.startswith((own, *OURS))
    ]

    assert foreign == []
