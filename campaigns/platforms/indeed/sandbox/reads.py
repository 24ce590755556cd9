"""What Indeed's stand-in shows: the list, one campaign, the account, the quota."""

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

from campaigns.documents import Document
from campaigns.gateway.standin import Answer, Request, World
from campaigns.platforms.indeed.sandbox import envelopes

STATUSES = ("ACTIVE", "DELETED", "PAUSED")
JOBS = (
    *("jobsToInclude", "jobsQuery", "jobsTitle", "jobsCompany"),
    *("jobsLocation", "jobsLocationRadius"),
)
_FACTS = (
    *("Type", "CurrencyCode", "NonSpendingReasons", "FundingSource"),
    *("SponsorshipPlan", "StartDate", "FixedEndDate", "TargetEndDate"),
    *("BudgetOnetimeLimit", "BudgetMonthlyLimit", "DailyAvgBudgetPerJob"),
)
_LISTED = {"Id", "Name", "Status", "TrackingToken", *_FACTS}
_PARAMETERS = {"perPage", "start", "status", "type", "fields", "campaignIds"}
_MOST_ROWS, _USUAL_ROWS, _MOST_IDS = 500, 30, 50


def listing(request: Request, world: World, employer: str) -> Answer:
    """Answer the list: PascalCase rows, an opaque cursor, problems all at once."""
    asked = {name: values[-1] for name, values in request.query.items()}
    problems = [*_problems(asked)]
    rows = [
        {"Id": key, **_row(document)}
        for key, document in world.campaigns().items()
        if document["employer"] == employer and _wanted(key, document, asked)
    ]
    start = _opened(asked["start"], rows) if "start" in asked else 0
    if problems or start is None:
        problems += ["start: this cursor was not given out here."] * (start is None)
        return envelopes.invalid(world, problems)
    if "campaignIds" in asked and not rows:
        return envelopes.refused(world, 404)
    return _page(asked, world, rows, start)


def one(world: World, campaign: str) -> Answer:
    """Answer with everything Indeed reports about one campaign."""
    document = world.shown(campaign) or {}
    shown = {"Id": campaign, **_row(document), "Objective": _objective(document)}
    shown["SpendingChannels"] = document.get("SpendingChannels", [])
    if world.options["report_jobs"]:
        shown |= {_pascal(key): document.get(key) for key in JOBS}
        if shown["JobsLocation"] and shown["JobsLocationRadius"] is None:
            shown["JobsLocationRadius"] = 25
    return envelopes.one(world, shown)


def account(world: World, employer: str) -> Answer:
    """A simple form of the account."""
    return envelopes.one(
        world,
        {
            "id": "7001",
            "employerId": employer,
            "company": "Nordlicht Logistik & Söhne",
            "email": "billing@example.com",
            "billingActive": True,
            "currencyCode": "USD",
            "jobSourceList": [{"id": "501", "name": "Careers site"}],
        },
    )


def quota(request: Request, world: World) -> Answer:
    """A simple form of the monthly usage."""
    month = request.query.get("monthYear", ["112026"])[-1]
    if not (len(month) == 6 and month.isdigit()):
        return envelopes.invalid(world, ["monthYear: the form is MMyyyy."])
    said = {"monthYear": month, "usage": 0, "quota": 10_000, "spend": 0}
    return envelopes.one(world, said)


def _page(
    asked: dict[str, str], world: World, rows: list[Document], start: int
) -> Answer:
    per_page = min(int(asked.get("perPage", _USUAL_ROWS)), _MOST_ROWS)
    size = min(per_page, world.options["page_limit"] or per_page)
    names = asked.get("fields", "Id,Name,Status").split(",")
    shown = rows[start : start + size]
    onward = ""
    if start + size < len(rows):
        query = asked | {"start": _sealed(shown[-1]["Id"])}
        onward = f"/v1/campaigns?{urlencode(query)}"
    chosen = [{name: row.get(name) for name in names} for row in shown]
    return envelopes.page(world, chosen, per_page, onward)


def _problems(asked: dict[str, str]) -> list[str]:
    fields = asked.get("fields", "Id").split(",")
    ids = asked.get("campaignIds", "").split(",")
    size = asked.get("perPage", "1")
    rules = {
        "perPage: a whole number from 1 on.": not size.isdecimal() or int(size) < 1,
        f"status: one of {', '.join(STATUSES)}.": (
            asked.get("status", "ACTIVE") not in STATUSES
        ),
        "type: SOURCE or HOSTED.": asked.get("type", "SOURCE")
        not in ("SOURCE", "HOSTED"),
        f"campaignIds: at most {_MOST_IDS}.": len(ids) > _MOST_IDS,
        "campaignIds: goes with fields only.": "campaignIds" in asked
        and bool(set(asked) - {"campaignIds", "fields"}),
    }
    unknown = [
        f"fields: {name} is not known." for name in fields if name not in _LISTED
    ]
    unknown += [
        f"{name}: no such parameter." for name in asked if name not in _PARAMETERS
    ]
    return [words for words, broken in rules.items() if broken] + unknown


def _wanted(key: str, document: Document, asked: dict[str, str]) -> bool:
    return (
        document["status"] == asked.get("status", document["status"])
        and document["Type"] == asked.get("type", document["Type"])
        and ("campaignIds" not in asked or key in asked["campaignIds"].split(","))
    )


def _row(document: Document) -> Document:
    row = {"Name": document["name"], "Status": document["status"]}
    row["TrackingToken"] = document.get("trackingToken")
    return row | {name: document.get(name) for name in _FACTS}


def _objective(document: Document) -> Document | None:
    objective: Document | None = document.get("objective")
    if objective is None:
        return None
    words = objective["objectiveType"].replace("_", " ").capitalize()
    return {**objective, "description": words}


def _pascal(key: str) -> str:
    return key[0].upper() + key[1:]


def _sealed(campaign: str) -> str:
    return base64.urlsafe_b64encode(f"after:{campaign}".encode()).decode()


def _opened(cursor: str, rows: list[Any]) -> int | None:
    """Where the page after this cursor starts, or None for a foreign cursor."""
    try:
        word, _, last = base64.urlsafe_b64decode(cursor).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    ids = [row["Id"] for row in rows]
    return ids.index(last) + 1 if word == "after" and last in ids else None
