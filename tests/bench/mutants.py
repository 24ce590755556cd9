"""Makes mutants: the code of three parts, each with one small wrong step.

What is made wrong is said by mutmut's operators, and by one more: an element of a set
is left out. Where mutmut's own runs stop, at decorated functions (here those in a
transaction) and at the tables and constants of a module, this goes on: much of what
delivery promises stands there.
"""

from collections import Counter
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256
from itertools import chain

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

PARTS = {
    "lifecycle": ("campaigns/lifecycle.py",),
    "changes": ("campaigns/changes/[!_]*.py",),
    "delivery": ("campaigns/delivery/[!_]*.py",),
}


def one_less(node):
    for place in range(len(node.elements) if len(node.elements) > 1 else 0):
        rest = [*node.elements[:place], *node.elements[place + 1 :]]
        yield node.with_changes(elements=rest)


OPERATORS = [*mutation_operators, (libcst.Set, one_less)]


@dataclass(frozen=True)
class Mutant:
    """One wrong step: where it stands, and by which number it is found again."""

    part: str
    path: str
    function: str
    number: int
    place: int
    lines: range
    around: range

    @property
    def name(self):
        module = self.path.removeprefix("campaigns/").removesuffix(".py")
        return f"{module.replace('/', '.')}.{self.function}#{self.number}"


class Finder(MutationVisitor):
    """Notes for each mutation its lines and the function around it."""

    def __init__(self, ignored):
        super().__init__(OPERATORS, ignored)
        self.spots = []
        self._inside = []
        self._lines = range(1, 2)

    def on_visit(self, node):
        position = self.get_metadata(PositionProvider, node, None)
        if position is not None:
            self._lines = range(position.start.line, position.end.line + 1)
        if isinstance(node, libcst.FunctionDef):
            self._inside.append((node.name.value, self._lines))
        return super().on_visit(node)

    def on_leave(self, original_node):
        super().on_leave(original_node)
        if isinstance(original_node, libcst.FunctionDef):
            self._inside.pop()

    def _skip_node_and_children(self, node):
        if isinstance(node, libcst.FunctionDef):
            return False
        return super()._skip_node_and_children(node)

    def _create_mutations(self, node):
        known = len(self.mutations)
        super()._create_mutations(node)
        where = (self._lines, *(self._inside[0] if self._inside else ("module", None)))
        self.spots += [where] * (len(self.mutations) - known)


def explored(text):
    wrapper = MetadataWrapper(libcst.parse_module(text))
    finder = Finder(IgnoredCode(set(), set(), set()))
    return wrapper.visit(finder), finder


def made(part, path, text):
    """All mutants of one module, in the order of its text."""
    seen = Counter()
    for place, (lines, function, around) in enumerate(explored(text)[1].spots):
        seen[function] += 1
        yield Mutant(part, path, function, seen[function], place, lines, around)


def everywhere(root, only=None):
    """The mutants of each part, or of one alone, below this root."""
    return {
        part: [
            mutant
            for pattern in patterns
            for path in sorted(root.glob(pattern))
            for mutant in made(part, str(path.relative_to(root)), path.read_text())
        ]
        for part, patterns in PARTS.items()
        if only in (part, None)
    }


def drawn(pools, count, seed):
    """A sample of about `count`, from each part in proportion to its mutants.

    Lots are drawn by name: what changes in one module moves nothing elsewhere.
    """

    def lot(mutant):
        return sha256(f"{seed} {mutant.name}".encode()).digest()

    whole = sum(map(len, pools.values()))
    shares = {part: -(-count * len(pool) // whole) for part, pool in pools.items()}
    chosen = [sorted(pool, key=lot)[: shares[part]] for part, pool in pools.items()]
    return sorted(chain.from_iterable(chosen), key=lot)


def mutated(mutant, text):
    """The text of the module with this one wrong step."""
    module, finder = explored(text)
    mutation = finder.mutations[mutant.place]
    return module.deep_replace(mutation.original_node, mutation.mutated_node).code


def diff(mutant, text):
    lines = text.splitlines(), mutated(mutant, text).splitlines()
    shown = list(unified_diff(*lines, lineterm="", n=1))[2:]
    return "\n".join(shown)
