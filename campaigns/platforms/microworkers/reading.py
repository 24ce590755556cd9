"""Turns Microworkers' answers into rows; its names are those of the PATCH body.

Source: docs/platforms.md 4.2 and 4.3, NF-M1 and NF-M2.
"""

from typing import Any, Final

from campaigns import documents
from campaigns.fields import Reported
from campaigns.gateway.answers import Answer
from campaigns.gateway.contract import Row, Unavailable
from campaigns.platforms.microworkers import assumptions
from campaigns.platforms.microworkers.forms import MicroworkersForm

PAGE_SIZE: Final = assumptions.page_size()
LIST_KEYS: Final = frozenset({"title", "status", "categoryId", "created"})
EDITABLE: Final = frozenset(
    documents.root(path) for path in MicroworkersForm.declared()
)
READ_KEYS: Final = LIST_KEYS | {
    documents.root(path)
    for path, field in MicroworkersForm.declared().items()
    if field.reported is not Reported.NEVER
}


def listed(answer: Answer) -> tuple[Row, ...]:
    """Return the rows of one page: `items`, or a bare array; none when missing.

    What a row says of editable fields is left out: a list may abbreviate.
    """
    document = answer.document
    found = document.get("items") if isinstance(document, dict) else document
    if not isinstance(found or [], list):
        raise _strange(answer)
    return tuple(_row(item, answer, without=EDITABLE) for item in found or [])


def single(answer: Answer, remote_id: str) -> Row:
    """Return the one campaign that was asked for."""
    row = _row(answer.document, answer)
    if row.remote_id != remote_id:
        raise _strange(answer)
    return row


def next_token(answer: Answer) -> str:
    """Return the token of the next page; "" when it is null, empty or absent."""
    document = answer.document if isinstance(answer.document, dict) else {}
    return str(document.get("nextPageToken") or "")


def _row(campaign: Any, answer: Answer, without: frozenset[str] = frozenset()) -> Row:
    if not isinstance(campaign, dict) or not _text(campaign.get("id")):
        raise _strange(answer)
    hidden = without | {"id"}
    return Row(
        remote_id=_text(campaign["id"]),
        name=_text(campaign.get("title")),
        status=_text(campaign.get("status")),
        document={key: campaign[key] for key in campaign if key not in hidden},
    )


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _strange(answer: Answer) -> Unavailable:
    return Unavailable(
        "Microworkers answered in a form that Campaign Desk does not understand. "
        "Check that the base address ends with /api/v2.",
        exchange=answer.exchange,
    )
