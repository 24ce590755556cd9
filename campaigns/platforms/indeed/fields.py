"""Indeed's own kinds of fields, and the words for its values."""

import re
from decimal import Decimal
from typing import Any, Final

from campaigns import documents
from campaigns.diff import Note
from campaigns.documents import Document
from campaigns.fields import Choice, Exact, LongText, PlatformField, Text
from campaigns.platforms.indeed import assumptions

STATUSES: Final = (("ACTIVE", "Active"), ("PAUSED", "Paused"), ("DELETED", "Deleted"))
INCLUSIONS: Final = (
    ("ALL", "All jobs of this job source"),
    ("QUERY", "Only jobs that match"),
)
OBJECTIVES: Final = (
    ("BALANCE", "Most applications, balanced across jobs"),
    ("MAXIMUM", "Most applications, not balanced"),
    ("TARGET_APPLICATIONS", "Target number of applications"),
    ("TARGET_COST_PER_APPLICATION", "Target cost per application"),
    ("SCHEDULED_INTERVIEWS", "Scheduled interviews"),
)
QUICK: Final = (("QUICK", "Quick: five days with a higher budget"),)
COUNTED: Final = {
    "TARGET_APPLICATIONS": "applications",
    "SCHEDULED_INTERVIEWS": "interviews",
}
COSTED: Final = "TARGET_COST_PER_APPLICATION"
TARGETED: Final = frozenset({*COUNTED, COSTED})
DELETED: Final = '"DELETED"'
QUERY: Final = '"QUERY"'
NARROWS: Final = (
    "If all jobs are sponsored now, only those that match are from then on."
)
INTERVIEWS: Final = "Interviews are scheduled: somebody must be ready to hold them."
QUOTED: Final = re.compile(r'"[^"]*"')


class Lasting(Text):
    """Text that Indeed keeps: null means keep, so nothing empties it."""

    def check(self, value: Any) -> None:
        if value is not None or not assumptions.empty_text_clears():
            super().check(value)

    def json(self, value: Any) -> Any:
        return "" if value is None else value

    def final(self, seen: str | None, wanted: str, document: Document) -> str:
        reason = super().final(seen, wanted, document)
        return "" if assumptions.empty_text_clears() else reason


class Token(Lasting):
    """Goes into the link of each job: some characters need encoding there."""

    def advice(self, wanted: str, document: Document) -> list[Note]:
        token = self.parse(wanted) or ""
        if re.fullmatch(r"[A-Za-z0-9._~-]*", token):
            return super().advice(wanted, document)
        text = (
            "This becomes part of a link. Spaces and signs other than . _ ~ - may "
            "arrive encoded."
        )
        return [*super().advice(wanted, document), Note("caution", text)]


class Status(Choice):
    """Deleting is a status here, and final."""

    effects: Final = {
        '"ACTIVE"': Note("caution", "Sponsoring starts again and spends money."),
        '"PAUSED"': Note("effect", "Stops sponsoring the jobs of this campaign."),
        '"DELETED"': Note(
            "effect", "Stops sponsoring and hides the campaign in Indeed's own list."
        ),
    }

    def advice(self, wanted: str, document: Document) -> list[Note]:
        effect = self.effects.get(wanted)
        return [effect] if effect else []

    def final(self, seen: str | None, wanted: str, document: Document) -> str:
        deletes = wanted == DELETED and not assumptions.undelete_is_allowed()
        return self.one_way if deletes else ""

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        return self.one_way if wanted == DELETED else ""

    def typed(self, wanted: str) -> str:
        return "DELETED" if wanted == DELETED else ""


class Inclusion(Choice):
    """All jobs or some: where nobody can see which, fewer may be sponsored."""

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        return NARROWS if seen is None and wanted == QUERY else ""


class Kind(Choice):
    """The type of an objective: once added, it is there for good."""

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        return self.final(seen, wanted, document)


class Selecting(PlatformField):
    """Part of what selects jobs: such parts only go away all together."""

    never_empty = (
        "One criterion cannot be emptied by itself. Replace it, or choose all jobs, "
        "which clears all five."
    )

    def final(self, seen: str | None, wanted: str, document: Document) -> str:
        if documents.get(document, "jobsToInclude") == "ALL":
            return ""
        return super().final(seen, wanted, document)


class Criterion(Selecting, Lasting):
    """A criterion that is one line of text."""


class Radius(Selecting, Choice):
    """A distance; selects nothing by itself."""


class Query(Criterion, LongText):
    """A boolean expression. What looks wrong is only remarked: Indeed decides."""

    def advice(self, wanted: str, document: Document) -> list[Note]:
        query = QUOTED.sub(" ", self.parse(wanted) or "")
        return [
            *super().advice(wanted, document),
            *(Note("caution", text) for text in _lint(query)),
        ]


class Target(Exact):
    """A count or an amount, whichever the type of the objective asks for."""

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        kind = documents.get(document, "objective.objectiveType")
        return INTERVIEWS if kind == "SCHEDULED_INTERVIEWS" else ""

    def words(self, value: Any, document: Document) -> str:
        kind = documents.get(document, "objective.objectiveType")
        if kind == COSTED:
            return f"{money(value, currency(document))} per application"
        unit = COUNTED.get(kind, "") if isinstance(kind, str) else ""
        if value == 1:
            unit = unit.removesuffix("s")
        return f"{super().words(value, document)} {unit}".strip()


def currency(document: Document) -> str:
    """The account's currency, or nothing when it was not reported."""
    code = document.get("CurrencyCode")
    return code if isinstance(code, str) else ""


def money(value: Any, code: str) -> str:
    """An amount with its cents and currency; further digits are never rounded away."""
    if not isinstance(value, int | Decimal):
        return documents.canonical(value)
    text = documents.canonical(value)
    whole, _, cents = text.partition(".")
    cents = cents.ljust(0 if code in assumptions.WITHOUT_CENTS else 2, "0")
    return f"{whole}{'.' if cents else ''}{cents} {code or '(account currency)'}"


def _lint(query: str) -> list[str]:
    found = []
    if re.search(r"\b(and|or)\b", query):
        found.append("Operators are written AND and OR, in capitals.")
    if '"' in query:
        found.append("A quotation mark is not closed.")
    if not _is_balanced(query):
        found.append("The parentheses do not match.")
    return found


def _is_balanced(query: str) -> bool:
    depth = 0
    for sign in query:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
