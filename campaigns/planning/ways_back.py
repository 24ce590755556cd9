"""What one PATCH puts the values of before back, and which of them nothing can. Pure.

Values that only go back together (all jobs, or only those that match by the saved
criteria) leave together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from campaigns.diff import EMPTY, FieldEdit, Plan
from campaigns.planning.drafts import Desk


@dataclass(frozen=True, slots=True)
class Way:
    """A plan for the values that can go back; why the others cannot, by path."""

    plan: Plan
    refused: Mapping[str, str]


def find(
    desk: Desk,
    targets: Mapping[str, str],
    *,
    on_purpose: Collection[str] = (),
    is_guarded: bool = False,
) -> Way:
    """Plan `targets`, the values of before by path.

    With `is_guarded`, a value that would also change a field outside of `targets` is
    refused, unless it goes back `on_purpose`.
    """
    refused: dict[str, str] = {}
    plan = Plan()
    for _ in range(len(targets) + 1):
        rest = {path: text for path, text in targets.items() if path not in refused}
        asked = {
            path: text for path, text in rest.items() if _is_sent(desk, path, text)
        }
        plan = desk.form.plan(desk.document, asked)
        trouble = _errors(plan, asked) or _left_over(desk, plan, rest, asked)
        if not trouble and is_guarded:
            trouble = _harm(desk, plan, rest, [p for p in asked if p not in on_purpose])
        if not trouble:
            break
        refused |= trouble
    return Way(plan, refused)


def _is_sent(desk: Desk, path: str, text: str) -> bool:
    """Whether a value can be asked for; an emptiness may come only as an effect."""
    return text != EMPTY or not desk.form.declared()[path].refusal(EMPTY)


def _errors(plan: Plan, asked: Mapping[str, str]) -> dict[str, str]:
    named = {
        path: " ".join(texts) for path, texts in plan.errors.items() if path in asked
    }
    if named or not plan.errors:
        return named
    words = " ".join(text for texts in plan.errors.values() for text in texts)
    return dict.fromkeys(asked, words)


def _left_over(
    desk: Desk, plan: Plan, rest: Mapping[str, str], asked: Mapping[str, str]
) -> dict[str, str]:
    """Values that could come only as an effect, and do not."""
    effects = {edit.field: edit.wanted for edit in plan.edits}
    return {
        path: desk.form.declared()[path].refusal(text)
        for path, text in rest.items()
        if path not in asked and effects.get(path) != text
    }


def _harm(
    desk: Desk, plan: Plan, rest: Mapping[str, str], blamed: Collection[str]
) -> dict[str, str]:
    """Values among `blamed` that would change a field nobody asked to put back."""
    harmed = _beside(plan, rest)
    if not harmed:
        return {}
    words = "It would also change " + " and ".join(
        f"{edit.label} to {edit.wanted_text}" for edit in harmed
    )
    alone = [
        path
        for path in blamed
        if _beside(desk.form.plan(desk.document, {path: rest[path]}), rest)
    ]
    return dict.fromkeys(alone, f"{words}.")


def _beside(plan: Plan, rest: Mapping[str, str]) -> list[FieldEdit]:
    edits = [edit for edit in plan.edits if edit.seen != edit.wanted]
    return [edit for edit in edits if edit.field not in rest]
