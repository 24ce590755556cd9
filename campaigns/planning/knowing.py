"""What a person says they know before Send: what is for good, or acts by itself."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from campaigns.planning.proposals import NotReady, Proposal

UNTICKED = "Tick what you know first. Nothing was sent."
UNTYPED = "Type {word} to delete. Nothing was sent."


@dataclass(frozen=True, slots=True)
class Knowing:
    """One thing to be ticked, or to be typed where `word` is given."""

    key: str
    words: str
    word: str = ""


def asked(proposal: Proposal) -> list[Knowing]:
    """What is to be known before this proposal is sent, each thing once."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for item in proposal.items:
        declared = item.desk.form.declared()
        for edit in item.plan.edits:
            field = declared[edit.field]
            words = field.to_know(edit.seen, edit.wanted, item.desk.document)
            if words:
                thing = (edit.field, words, field.typed(edit.wanted))
                found[thing].append(str(item.campaign))
    return [
        Knowing(path, f"{words} ({_names(names)})", word)
        for (path, words, word), names in found.items()
    ]


def check(proposal: Proposal, ticked: Collection[str], typed: str) -> None:
    """Raise `NotReady` unless everything that is asked was ticked or typed."""
    for each in asked(proposal):
        if each.word and typed.strip().casefold() != each.word.casefold():
            raise NotReady(UNTYPED.format(word=each.word))
        if not each.word and each.key not in ticked:
            raise NotReady(UNTICKED)


def _names(names: list[str]) -> str:
    rest = len(names) - 1
    return f"{names[0]} and {rest:,} more" if rest else names[0]
