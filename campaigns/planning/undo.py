"""What an undo of a field, a change or a change set would do; sends nothing.

Sending it is sending its proposal: an ordinary change set, linked with what it
undoes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from campaigns.lifecycle import TOOK_EFFECT
from campaigns.models import Campaign, Change, ChangeSet, FieldChange, Person
from campaigns.planning import histories, piles, swaps
from campaigns.planning.drafts import open_desks
from campaigns.planning.piles import Line, Pile, Sorted
from campaigns.planning.proposals import Proposal
from campaigns.planning.touches import replay

PART = 500
"""So many campaigns are looked at by one round of queries."""

Rows = dict[int, list[FieldChange]]
"""What is undone, by campaign: one row a field."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Four piles of fields, and the proposal that the chosen ones make."""

    change_set: ChangeSet
    lines: tuple[Line, ...]
    proposal: Proposal
    notes: tuple[str, ...] = ()

    def on(self, pile: Pile) -> list[Line]:
        """The lines of one pile."""
        return [line for line in self.lines if line.pile == pile]

    @property
    def counts(self) -> dict[Pile, int]:
        """How many fields lie on each pile; together they are all fields."""
        found = Counter(line.pile for line in self.lines)
        return {pile: found[pile] for pile in Pile}

    @property
    def sent(self) -> list[Line]:
        """What sending it puts back."""
        return [line for line in self.lines if line.is_sent]

    @property
    def campaigns(self) -> int:
        """On how many campaigns it sends something; on one it may send twice."""
        return len({item.campaign.pk for item in self.proposal.items})

    @property
    def causes(self) -> list[tuple[str, list[Line]]]:
        """Why fields cannot go back, the most frequent cause first."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self.on(Pile.CANNOT):
            found[line.because].append(line)
        return sorted(found.items(), key=lambda cause: -len(cause[1]))


def plan(
    person: Person,
    changes: Sequence[Change],
    *,
    fields: Collection[str] = (),
    ticked: Collection[str] = (),
) -> Undo:
    """Sort the fields of some changes of one set on their piles.

    `fields` narrows it to some paths and what went with them. `ticked` holds the keys
    of lines that were changed again since and go back on purpose.
    """
    done = [
        sorted_out
        for part in _parts(_rows(changes, fields))
        for sorted_out in _sort_out(person, part, ticked)
    ]
    ordered = swaps.order(done)
    lines = tuple(line for each in ordered.done for line in each.lines)
    proposal = Proposal(person, ordered.items)
    return Undo(changes[0].change_set, lines, proposal, ordered.notes)


def _sort_out(person: Person, rows: Rows, ticked: Collection[str]) -> list[Sorted]:
    chosen = [row for of_campaign in rows.values() for row in of_campaign]
    since = chosen[0].change.change_set.created_at
    paths = {row.field for row in chosen}
    ledger = replay(histories.touches(list(rows), paths, since))
    mine = Campaign.objects.visible_to(person).filter(pk__in=list(rows))
    desks = open_desks(person, list(mine.select_related("connection")))
    return [
        piles.sort_out(desks.get(pk), of_campaign, ledger, ticked)
        for pk, of_campaign in rows.items()
    ]


def _rows(changes: Sequence[Change], fields: Collection[str]) -> Rows:
    """One row for each field of each campaign: what took effect, the newest."""
    newest: dict[tuple[int, str], FieldChange] = {}
    for change in sorted(changes, key=lambda change: change.sequence):
        for row in _chosen(change, fields):
            place = (change.campaign_id, row.field)
            before = newest.get(place)
            if before is None or row.state in TOOK_EFFECT or before.state == row.state:
                newest[place] = row
    rows: Rows = {}
    for (campaign, _), row in sorted(newest.items(), key=lambda item: item[0][0]):
        rows.setdefault(campaign, []).append(row)
    return rows


def _chosen(change: Change, fields: Collection[str]) -> list[FieldChange]:
    """The rows of a change that were asked for, with what went along with them."""
    rows = list(change.fields.all())
    if not fields:
        return rows
    chosen = [row for row in rows if row.field in fields]
    if not any(row.origin == "touched" for row in chosen):
        return chosen
    return chosen + [r for r in rows if r.origin != "touched" and r not in chosen]


def _parts(rows: Rows) -> Iterator[Rows]:
    items = list(rows.items())
    for start in range(0, len(items), PART):
        yield dict(items[start : start + PART])
