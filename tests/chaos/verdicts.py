"""C11: what a change ended as is true, found by looking; and late effects are told."""

import re
from collections import defaultdict
from itertools import pairwise

from campaigns import documents
from tests.chaos import values
from tests.chaos.case import Violation

REPLACED = re.compile(r"Change (\d+) replaced it")


def c11_true(case):
    """Confirmed, Different, Clash and Already so say what the platform truly held."""
    for change in case.history.changes.values():
        for row in case.history.fields.get(change.id, []):
            judge = _JUDGES.get(row.state)
            words = judge and row.readable and judge(case, change, row)
            if words:
                evidence = {"change": change.id, "field": row.field}
                evidence |= {"wanted": row.wanted, "seen": row.seen, "found": row.found}
                yield Violation("C11", words, evidence)


def _since(case, change):
    sends = [one for one in case.sends if one.change_id == change.id]
    return sends[0].started_at if sends else change.created_at


def _confirmed(case, change, row):
    wanted = values.said(row.wanted)
    since, until = _since(case, change), change.moved_at
    if not case.was(change.campaign, row.field, wanted, since, until):
        return "Confirmed, but the platform never held it"
    return ""


def _already(case, change, row):
    wanted = values.said(row.wanted)
    held, until = (change.campaign, row.field, wanted), change.moved_at
    if case.was(*held, change.created_at, until):
        return ""
    if _is_veiled(case, change, row, wanted):
        case.apart["already so by a stale read"] += 1
        return ""
    return "Already so, but it was not"


def _is_veiled(case, change, row, wanted):
    """Whether a read before a send of it did not show yet what somebody else had done.

    Our own sends it has to wait for.
    """
    line = case.timelines.get((change.campaign, row.field), [])
    foreign = [
        one.at
        for (_, held, _), (_, _, one) in pairwise(line)
        if one is not None and one.request is None and values.same(held, wanted)
    ]
    looks = [one for one in case.history.attempts if one.kind == "compare"]
    mine = [one.started_at for one in looks if one.change_id == change.id]
    return any(
        at <= look and case.is_veiled(change.campaign, look, at)
        for look in mine
        for at in foreign
    )


def _different(case, change, row):
    if row.found is None:
        return ""
    if values.same(values.said(row.found), values.said(row.wanted)):
        return "Different, but what was found is what was wanted"
    return _found(case, change, row) or _outdated(case, change, row)


def _outdated(case, change, row):
    """What decides was asked for when nothing older than the answer showed any more."""
    if change.accepted_at is None:
        return ""
    found, since = values.said(row.found), change.accepted_at
    if not case.was(change.campaign, row.field, found, since, change.moved_at):
        return "Different, by a read that may have shown what was true before"
    return ""


def _clash(case, change, row):
    if row.found is None:
        return ""
    found = values.said(row.found)
    if row.seen is not None and values.same(found, values.said(row.seen)):
        return "Clash, but what was found is what was seen"
    if values.same(found, values.said(row.wanted)):
        return "Clash, but what was found is what was wanted"
    return _found(case, change, row)


def _found(case, change, row):
    """A stale read may show what was true a little earlier, and so may a snapshot."""
    found, since = values.said(row.found), change.created_at - case.settle
    held = change.campaign, row.field, found
    if case.was(*held, since, change.moved_at):
        return ""
    if case.was_shown(*held, change.moved_at):
        return ""
    return "it tells of a value that the platform never held"


_JUDGES = {
    "confirmed": _confirmed,
    "already-so": _already,
    "different": _different,
    "clash": _clash,
}


def c11_by_evidence(case):
    """An unknown outcome of readable fields is ended by a read, or by a person."""
    looks = _looks(case)
    unknown = {}
    for entry in case.history.entries:
        if entry.change_id is None or not entry.state:
            continue
        since = unknown.pop(entry.change_id, None)
        if entry.state == "unknown":
            unknown[entry.change_id] = since or entry.at
        elif since and _is_assumed(case, entry, since, looks[entry.change_id]):
            words = "an unknown outcome was ended without looking"
            evidence = {"change": entry.change_id, "state": entry.state}
            yield Violation("C11", words, evidence)


def _looks(case):
    looks = defaultdict(list)
    for one in case.history.attempts:
        if one.kind == "verify" and one.status == 200:
            looks[one.change_id].append(one.started_at)
    return looks


def _is_assumed(case, entry, since, looks):
    """Ended by no person, and by no read between."""
    has_looked = any(since <= at <= entry.at for at in looks)
    return entry.person_id is None and not has_looked and _is_readable(case, entry)


def _is_readable(case, entry):
    rows = case.history.fields.get(entry.change_id, [])
    return case.history.policy != "blind" and any(row.readable for row in rows)


def c11_replaced(case):
    """What replaced another before a read could show that was sent after it."""
    for change_id, rows in case.history.fields.items():
        for row in rows:
            told = REPLACED.match(getattr(row, "advice", ""))
            if row.state != "unconfirmable" or told is None:
                continue
            by, sent = int(told[1]), _last_send(case, change_id)
            if not any(_came_after(e, c, by, row, sent) for e, c, _ in case.ours):
                words = "it was not replaced by what is said to have replaced it"
                evidence = {"change": change_id, "field": row.field, "by": by}
                yield Violation("C11", words, evidence)


def _last_send(case, change_id):
    return max(one.started_at for one in case.sends if one.change_id == change_id)


def _came_after(effect, change, by, row, sent):
    is_by = change is not None and change.id == by and effect.at > sent
    return is_by and documents.root(row.field) in effect.after


def c11_cancelled(case):
    """Never both cancelled and sent."""
    ended = {
        change_id: told.at
        for told in case.history.told
        if told.kind == "cancelled"
        for change_id in told.changes
    }
    for attempt in case.sends:
        at = ended.get(attempt.change_id)
        if at is not None and attempt.started_at > at:
            evidence = {"change": attempt.change_id, "attempt": attempt.id}
            yield Violation("C11", "it was sent after it was cancelled", evidence)
    for effect, change, _ in case.on_time:
        if change.id in ended:
            evidence = {"change": change.id, "at": effect.at}
            yield Violation("C11", "it was cancelled and took effect", evidence)


def late_effects(case):
    """What a late effect replaced ends as Different, never as Confirmed."""
    for effect, change, moved in case.ours:
        if not case.is_late(effect) or change is None:
            continue
        for path, (_, late) in moved.items():
            broken = _replaced(case, effect, change, path, late)
            if broken:
                yield broken


def _replaced(case, effect, change, path, late):
    before = case.writer(effect.campaign, path, effect.order)
    ours = case.change_of(before) if before else None
    if ours is None or ours.id == change.id:
        case.apart["late effects over a foreign value"] += before is not None
        return None
    row = case.fields_of(ours.id).get(path)
    is_live = values.same(case.now(effect.campaign, path), late)
    if row is None or not is_live or row.state != "confirmed":
        return None
    if ours.sequence < change.sequence:
        return None  # it was meant to be replaced, and the late one is not Confirmed
    mine = case.fields_of(change.id).get(path)
    if mine is not None and mine.state == "confirmed":
        case.apart["late effects of what somebody else had set before them"] += 1
        return None  # a read showed it: nobody had reason to look again
    words = "a late effect replaced it, and it still says Confirmed"
    return Violation("C11", words, {"change": ours.id, "late": change.id, "at": path})
