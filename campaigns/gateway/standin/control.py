"""The door for tests and demos: `/_sandbox/…` reads the journal, plants faults."""

from collections.abc import Callable
from typing import Any

from campaigns import documents
from campaigns.gateway.standin.host import Host
from campaigns.gateway.standin.messages import Answer, Request, json_answer

PREFIX = "/_sandbox/"


def answer(request: Request, host: Host) -> Answer:
    """Obey one control request; 400 with words when it cannot be understood.

    What a browser sends for some web page is refused: pages do not steer this.
    """
    if "origin" in request.headers:
        return json_answer(403, {"error": "Not from a web page."})
    verb = _VERBS.get((request.method, request.path.removeprefix(PREFIX)))
    if verb is None:
        return json_answer(404, {"error": f"Known here: {_known()}."})
    try:
        said = documents.loads(request.body) if request.body else None
        return json_answer(200, verb(host, said))
    except (ValueError, KeyError, TypeError) as error:
        return json_answer(400, {"error": f"{type(error).__name__}: {error}"})


def _journal(host: Host, _: Any) -> Any:
    return host.journal.entries()


def _clear_journal(host: Host, _: Any) -> Any:
    host.journal.clear()
    return []


def _campaigns(host: Host, _: Any) -> Any:
    return host.world.everything()


def _faults(host: Host, _: Any) -> Any:
    return host.script.lines()


def _add_faults(host: Host, said: Any) -> Any:
    host.script.add(said if isinstance(said, list) else [said])
    return host.script.lines()


def _clear_faults(host: Host, _: Any) -> Any:
    host.script.clear()
    return []


def _edit(host: Host, said: Any) -> Any:
    campaign, changes, delay = (
        said["campaign"],
        said["changes"],
        float(said.get("after", 0)),
    )
    host.world.stored(campaign)
    if delay:
        host.after(delay, host.edit, campaign, changes)
    else:
        host.edit(campaign, changes)
    return host.world.stored(campaign)


def _options(host: Host, _: Any) -> Any:
    return host.world.options


def _configure(host: Host, said: Any) -> Any:
    host.world.configure(said)
    return host.world.options


def _reset(host: Host, _: Any) -> Any:
    host.script.clear()
    host.journal.clear()
    host.world.reset()
    return {}


_VERBS: dict[tuple[str, str], Callable[[Host, Any], Any]] = {
    ("GET", "journal"): _journal,
    ("DELETE", "journal"): _clear_journal,
    ("GET", "campaigns"): _campaigns,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "edit"): _edit,
    ("GET", "options"): _options,
    ("POST", "options"): _configure,
    ("POST", "reset"): _reset,
}


def _known() -> str:
    return ", ".join(f"{method} {PREFIX}{name}" for method, name in _VERBS)
