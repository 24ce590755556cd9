"""A broken promise told whole: everything that befell its campaign, line by line.

What real processes do cannot be replayed: its story is kept beside the result.
"""

import json
from pathlib import Path

KEPT = Path(__file__).parents[2] / "var" / "chaos" / "stories"


def keep(name, past, violations):
    """Write the story of each violation to one file; where it is."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name}.txt"
    path.write_text("\n\n".join(told(past, one) for one in violations))
    return str(path)


def told(past, violation):
    """The violation, and the history of the campaign of its change."""
    change = past.changes.get(violation.evidence.get("change"))
    if change is None:
        return str(violation)
    return "\n".join([str(violation), *_campaign(past, change.campaign)])


def _campaign(past, campaign):
    mine = {c.id for c in past.changes.values() if c.campaign == campaign}
    for number in sorted(mine, key=lambda pk: past.changes[pk].sequence):
        change = past.changes[number]
        rows = [
            (row.field, row.seen, row.wanted, row.state, row.found)
            for row in past.fields.get(number, [])
        ]
        yield f"change {number} (place {change.sequence}) {change.state} {rows}"
    lines = [(one.start, _seen(one)) for one in past.seen if one.campaign == campaign]
    lines += [
        (one.at, f"effect {one.order} {one.before} -> {one.after}")
        for one in past.effects
        if one.campaign == campaign
    ]
    lines += [
        (one.started_at, f"attempt {one.kind} of {one.change_id} {one.status}")
        for one in past.attempts
        if one.change_id in mine
    ]
    lines += [(one.at, _entry(one)) for one in past.entries if one.change_id in mine]
    for at, words in sorted(lines, key=lambda line: line[0]):
        yield f"{at:%H:%M:%S.%f} {words}"


def _seen(one):
    return f"{one.kind} {one.number} {one.method} {one.status} {one.body} {one.fault}"


def _entry(one):
    body = json.loads(one.body)
    fields = [(field["field"], field["state"]) for field in body["fields"]]
    return f"entry {one.event} of {one.change_id} {one.state} {fields} {body['facts']}"
