"""A campaign at two moments, field by field: what was set, how sure, what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campaigns import queries
from campaigns.audit import texts
from campaigns.fields import PlatformField
from campaigns.models import AuditEntry, Campaign
from campaigns.planning import as_of, causes
from campaigns.planning.causes import Cause
from campaigns.planning.certainty import Certainty
from campaigns.planning.drafts import Desk
from campaigns.planning.knowledge import Known

VIEWS = (
    ("", "All fields"),
    ("differ", "Differ"),
    ("same", "The same"),
    ("untold", "Cannot be told"),
)
VERDICTS = {key: words.lower() for key, words in VIEWS}
Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One field at two moments; `cause` is what made the later value."""

    field: PlatformField
    then: Known
    other: Known
    words: Mapping[str, str]
    cause: Cause | None
    who: str

    @property
    def verdict(self) -> str:
        """Whether they differ: differ, same, untold."""
        differ = as_of.differ(self.then, self.other)
        return {True: "differ", False: "same", None: "untold"}[differ]


def told_since(campaign: Campaign) -> datetime | None:
    """From when on its entries tell everything; None where all of them are here."""
    since = texts.here_since()
    if since is None:
        return None
    before = AuditEntry.objects.filter(campaign_id=campaign.pk, at__lt=since)
    return since if before.exists() else None


def rows(desk: Desk, at: datetime, other: datetime) -> list[Row]:
    """Every field at both moments, from the history alone."""
    campaign, fields = desk.campaign, desk.form.declared()
    then, now = (as_of.state_at(campaign, fields, moment) for moment in (at, other))
    later = then if at > other else now
    found = causes.of_known(later.values())
    names = queries.find_names([cause.person_id for cause in found.values()])
    return [
        Row(
            field,
            then[path],
            now[path],
            {
                "then": words(field, then[path], desk.live),
                "other": words(field, now[path], desk.live),
            },
            cause := found.get(later[path].entry or 0),
            who(cause, names),
        )
        for path, field in fields.items()
    ]


def shown(rows: Sequence[Row], view: str) -> list[Row]:
    """The rows of one view."""
    return [row for row in rows if view in ("", row.verdict)]


def grouped(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows under the names of their groups."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.field.group, []).append(row)
    return list(groups.items())


def views(rows: Sequence[Row], view: str) -> list[tuple[str, str, int, bool]]:
    """Key, words, count of each view, and whether it is the one shown."""
    verdicts = [row.verdict for row in rows]
    counts = {key: verdicts.count(key) for key, _ in VIEWS} | {"": len(rows)}
    return [(key, words, counts[key], key == view) for key, words in VIEWS]


def sure(rows: Sequence[Row]) -> list[tuple[Certainty, int]]:
    """How many values of the first moment are how certain."""
    certain = [row.then.certainty for row in rows]
    return [(each, certain.count(each)) for each in Certainty if each in certain]


def sheet(rows: Sequence[Row], at: datetime, other: datetime) -> list[Cells]:
    """The rows for a spreadsheet, under their heading; times in UTC."""
    then, now = (f"{_utc(moment)} UTC" for moment in (at, other))
    head = ("Group", "Field", then, "How sure", "Known since (UTC)", now, "Verdict")
    return [head, *map(_cells, rows)]


def _cells(row: Row) -> Cells:
    return (
        row.field.group,
        str(row.field.label),
        row.words["then"],
        row.then.certainty.word,
        _utc(row.then.at) if row.then.at else "",
        row.words["other"],
        VERDICTS[row.verdict],
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def words(field: PlatformField, known: Known, live: Any) -> str:
    """A value in words: both values where it may have been either."""
    words = field.display(known.value, live)
    if known.other is None or known.certainty == Certainty.MAYBE:
        return words
    return f"{words} or {field.display(known.other, live)}"


def who(cause: Cause | None, names: Mapping[int, str]) -> str:
    """The person behind a cause; "" where there is none."""
    if cause is None or cause.person_id is None:
        return ""
    return names.get(cause.person_id, f"person {cause.person_id}")
