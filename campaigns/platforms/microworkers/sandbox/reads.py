"""What Microworkers' stand-in shows: a list by keyset tokens, one campaign."""

import base64
import binascii
from typing import Any

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin import Answer, Request, World, json_answer
from campaigns.platforms.microworkers.sandbox import problems
from campaigns.platforms.microworkers.sandbox.problems import Violation

NEVER_REPORTED = (
    *("autoRateNokTask", "autoRateOkTask", "autoRefillPositions"),
    *("successRate", "timeToWaitAfterSlotExpiration"),
)
_LISTED = ("id", "title", "status", "categoryId", "created")
_SORTS = ("id", "title", "status", "created")
_USUAL_ROWS, _MOST_ROWS = 10, 100


def listing(request: Request, world: World, owner: str) -> Answer:
    """Answer one page; the token holds the sort keys of its last row."""
    asked = {name: values[-1] for name, values in request.query.items()}
    wrong = [*_violations(asked)]
    last = _opened(asked["nextPageToken"]) if asked.get("nextPageToken") else {}
    if last is None:
        wrong.append(Violation("InvalidToken", "Not known here.", "/nextPageToken"))
    if wrong:
        return problems.invalid(wrong)
    rows = _rows(world, owner)
    return _page(rows, last or {}, asked, world)


def one(document: Document, campaign: str) -> Answer:
    """Everything that is reported; five fields never are."""
    hidden = {"owner", "kind", *NEVER_REPORTED}
    shown = {key: value for key, value in document.items() if key not in hidden}
    return json_answer(200, {"id": campaign, **shown})


def _rows(world: World, owner: str) -> list[Document]:
    return [
        {"id": key, **{name: document.get(name) for name in _LISTED[1:]}}
        for key, document in world.campaigns().items()
        if document["owner"] == owner and document["kind"] == "hire-group"
    ]


def _page(
    rows: list[Document], last: Document, asked: dict[str, str], world: World
) -> Answer:
    sort = asked.get("sort", "title")
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    size = min(int(asked.get("pageSize", _USUAL_ROWS)), _MOST_ROWS)
    rows = sorted(rows, key=lambda row: _key(row, name), reverse=is_down)
    if last:
        mark = _key(last, name)
        rows = [row for row in rows if _key(row, name) != mark]
        rows = [row for row in rows if (_key(row, name) < mark) == is_down]
    shown, rest = rows[:size], rows[size:]
    token = _sealed(shown[-1], name) if shown else asked.get("nextPageToken")
    said: dict[str, Any] = {"items": shown, "perPage": size}
    said |= {"nextPageToken": token} if rest else _ends(token, world)
    return json_answer(200, said)


def _ends(token: str | None, world: World) -> Document:
    """How the last page says so: this was never settled, so it is an option."""
    ways: dict[str, Document] = {
        "null": {"nextPageToken": None},
        "empty": {"nextPageToken": ""},
        "absent": {},
        "repeat": {"nextPageToken": token},
    }
    return ways[world.options["last_page"]]


def _violations(asked: dict[str, str]) -> list[Violation]:
    size, sort = asked.get("pageSize", "1"), asked.get("sort", "id")
    wrong = []
    if not size.isdecimal() or int(size) < 1:
        wrong.append(Violation("InvalidValue", "From 1 on.", "/pageSize"))
    if sort.removeprefix("-") not in _SORTS:
        wrong.append(Violation("InvalidValue", "Cannot sort by it.", "/sort"))
    return wrong


def _key(row: Document, name: str) -> tuple[str, str]:
    return str(row.get(name)), str(row.get("id"))


def _sealed(row: Document, name: str) -> str:
    text = documents.wire({"id": row["id"], name: row[name]})
    return base64.b64encode(text.encode()).decode()


def _opened(token: str) -> Document | None:
    """The sort keys in a token, or None for one that was not given out here."""
    try:
        said = documents.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, documents.Unreadable):
        return None
    return said if isinstance(said, dict) and "id" in said else None
