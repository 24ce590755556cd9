"""What an undo would do, field by field, as a sheet: every line of every pile."""

from collections.abc import Sequence

from campaigns.planning.piles import Line, Pile
from campaigns.planning.touches import Touch
from campaigns.planning.undo import Undo

PILES = {
    Pile.BACK: "goes back",
    Pile.AGAIN: "changed again since",
    Pile.CANNOT: "cannot go back",
    Pile.ALREADY: "already back",
}
HEAD = (
    "Pile",
    "Campaign",
    "Remote id",
    "Connection",
    "Field",
    "Before",
    "Then",
    "Now",
    "Is put back",
    "Because",
    "Changed by",
)


def lines(planned: Undo) -> list[Sequence[str]]:
    """The heading, then a line for each field, in the order of the piles."""
    return [HEAD, *(_cells(line) for pile in Pile for line in planned.on(pile))]


def _cells(line: Line) -> Sequence[str]:
    row, campaign = line.row, line.row.change.campaign
    return (
        PILES[line.pile],
        campaign.name,
        campaign.remote_id,
        campaign.connection.name,
        row.label,
        line.before_text,
        row.wanted_text,
        line.now_text,
        "yes" if line.is_sent else "no",
        line.because,
        _by(line.last),
    )


def _by(touch: Touch | None) -> str:
    if touch is None:
        return ""
    if touch.row is None:
        return "outside"
    return f"{touch.row.change.change_set.person}, change {touch.row.change_id}"
