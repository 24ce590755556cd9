"""One campaign of a proposal: what would change, and what sending it may cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns import calls, documents
from campaigns.calls import Calls
from campaigns.diff import FieldEdit, Note, Plan
from campaigns.gateway.contract import Platform
from campaigns.models import Campaign, FieldChange
from campaigns.planning import replacing
from campaigns.planning.drafts import Desk
from campaigns.planning.replacing import Replacement


@dataclass(frozen=True, slots=True)
class Price:
    """Calls as a rule and at most, while nothing fails, and what these may cost.

    Costs are the most that may be charged, in `currency`; None where calls are free.
    """

    usual: int = 0
    most: int = 0
    cost: Decimal | None = None
    most_cost: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a proposal with everything to say about it."""

    edit: FieldEdit
    notes: tuple[Note, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One campaign of a proposal."""

    desk: Desk
    plan: Plan
    calls: Calls
    moved: tuple[FieldEdit, ...] = ()
    replaces: tuple[FieldChange, ...] = ()

    @property
    def campaign(self) -> Campaign:
        """The campaign that would change."""
        return self.desk.campaign

    @property
    def platform(self) -> Platform:
        """Where it runs."""
        return self.desk.platform

    @property
    def replacement(self) -> Replacement | None:
        """What could stand in for one's own edits that still wait."""
        if not self.replaces:
            return None
        return replacing.find(self.desk, self.plan, self.replaces)

    @property
    def lines(self) -> list[Line]:
        """The fields with their notes and errors."""
        notes, errors = self.plan.notes, self.plan.errors
        return [
            Line(e, tuple(notes.get(e.field, ())), tuple(errors.get(e.field, ())))
            for e in self.plan.edits
        ]

    @property
    def whole_errors(self) -> list[str]:
        """What is wrong with the set as a whole, or with a field not in it."""
        shown = {edit.field for edit in self.plan.edits}
        left = [texts for path, texts in self.plan.errors.items() if path not in shown]
        return [text for texts in left for text in texts]

    @property
    def request(self) -> str:
        """The exact JSON that would be sent, as far as it is known now."""
        return documents.wire(self.plan.body)

    @property
    def price(self) -> Price:
        """What sending it takes and may cost; nothing where no field differs."""
        if not self.plan.edits:
            return Price()
        usual, most = self.calls.usual, self.calls.most
        each = self.platform.capabilities.calls_cost
        if not each or self.campaign.connection.is_sandbox:
            return Price(usual, most)
        currency = self.platform.capabilities.currency
        return Price(usual, most, each * usual, each * most, currency)


def lay_out(plans: Sequence[tuple[Desk, Plan]]) -> tuple[Item, ...]:
    """An item for each plan, in their order, by one query however many."""
    sends = [
        calls.Send(desk.campaign, plan.edits, desk.list_keys) for desk, plan in plans
    ]
    taken = calls.forecast(sends)
    return tuple(
        Item(desk, plan, each) for (desk, plan), each in zip(plans, taken, strict=True)
    )


def total(prices: Iterable[Price]) -> Price:
    """All of these as one; `currency` names each that is asked for."""
    found = list(prices)
    paid = [price for price in found if price.cost]
    return Price(
        sum(price.usual for price in found),
        sum(price.most for price in found),
        sum((price.cost or Decimal(0) for price in paid), Decimal(0)) or None,
        sum((price.most_cost or Decimal(0) for price in paid), Decimal(0)) or None,
        " or ".join(sorted({price.currency for price in paid})),
    )
