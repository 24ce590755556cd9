"""Turns Indeed's answers into rows: its PascalCase into the names of the PATCH body.

Source: docs/platforms.md 2.2 and 2.3, NF-I1. Names of editable fields
come from the form.
"""

from typing import Any, Final

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.answers import Answer
from campaigns.gateway.contract import Row, Unavailable
from campaigns.platforms.indeed.forms import IndeedForm

PAGE_SIZE: Final = 500
LIST_FIELDS: Final = (
    "Id",
    "Name",
    "Status",
    "TrackingToken",
    "Type",
    "CurrencyCode",
    "FundingSource",
    "SponsorshipPlan",
    "NonSpendingReasons",
    "StartDate",
    "FixedEndDate",
    "TargetEndDate",
    "BudgetOnetimeLimit",
    "BudgetMonthlyLimit",
)
EDITABLE: Final = frozenset(documents.root(path) for path in IndeedForm.declared())
OBJECTIVE: Final = "objective"


def _patch_key(key: str) -> str:
    lowered = key[:1].lower() + key[1:]
    return lowered if lowered in EDITABLE else key


LIST_KEYS: Final = frozenset(_patch_key(key) for key in LIST_FIELDS[1:])
READ_KEYS: Final = LIST_KEYS | {OBJECTIVE}


def listed(answer: Answer) -> tuple[Row, ...]:
    """Return the rows of one page; a page without campaigns has none."""
    found = _member(answer.document, "data", "Campaigns") or []
    if not isinstance(found, list):
        raise _strange(answer)
    return tuple(_row(campaign, answer) for campaign in found)


def single(answer: Answer, remote_id: str) -> Row:
    """Return the one campaign that was asked for.

    An objective that is not mentioned is none: only a full read can say so.
    """
    row = _row(_member(answer.document, "data"), answer)
    if row.remote_id != remote_id:
        raise _strange(answer)
    row.document.setdefault(OBJECTIVE, None)
    return row


def next_address(answer: Answer) -> str:
    """Return the address of the next page, "" on the last one.

    `links` may be an array, one object or null (pitfall 27); the address is the root
    location followed by the href, never resolved against it (pitfall 33).
    """
    links = _member(answer.document, "meta", "links")
    entries = links if isinstance(links, list) else [links]
    for link in entries:
        if _member(link, "rel") == "next" and isinstance(_member(link, "href"), str):
            return f"{_member(answer.document, 'meta', 'rootLocation')}{link['href']}"
    return ""


def errors(answer: Answer) -> list[tuple[str, str]]:
    """Return type and description of every error in the answer's envelope.

    One that comes without its list is an error as well.
    """
    found = _member(answer.document, "meta", "errors")
    entries = found if isinstance(found, list) else [found] if found else []
    return [(_text(entry, "type"), _text(entry, "description")) for entry in entries]


def echo(answer: Answer) -> tuple[Any, Any]:
    """Return the status and the campaign id that the envelope repeats."""
    document = answer.document
    return _member(document, "meta", "status"), _member(document, "data", "campaignId")


def _row(campaign: Any, answer: Answer) -> Row:
    remote_id = _text(campaign, "Id")
    if not remote_id:
        raise _strange(answer)
    document = {_patch_key(key): campaign[key] for key in campaign if key != "Id"}
    return Row(
        remote_id=remote_id,
        name=_text(campaign, "Name"),
        status=_text(campaign, "Status"),
        document=document,
    )


def _member(document: Any, *keys: str) -> Any:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _text(document: Document | Any, key: str) -> str:
    value = _member(document, key)
    return str(value) if isinstance(value, str | int) else ""


def _strange(answer: Answer) -> Unavailable:
    return Unavailable(
        "Indeed answered in a form that Campaign Desk does not understand. "
        "Check that the base address ends with /ads.",
        exchange=answer.exchange,
    )
