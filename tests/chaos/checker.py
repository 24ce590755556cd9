"""Judges three histories against the invariants of the pipeline, C1 to C10.

`check(history)` returns the violations with their evidence. `verdicts` adds C11: what
a change ended as is true; `pace` adds C12: Retry-After is obeyed.
"""

import hashlib
import itertools
import json
from collections import defaultdict
from datetime import timedelta

from campaigns import documents
from tests.chaos import pace, values, verdicts
from tests.chaos.case import SKEW, Case, Violation

COMPARE_AGE = timedelta(seconds=2.25)
END = object()


def check(history):
    """All violations, and what was counted apart."""
    case = Case(history)
    found = [broken for invariant in INVARIANTS for broken in invariant(case)]
    return found, dict(case.apart)


def c1_acknowledged(case):
    """Every acknowledged edit exists, once."""
    intents = {}
    for told in case.history.told:
        if told.kind != "sent":
            continue
        intent = told.person, told.key
        if intents.setdefault(intent, told.changes) != told.changes:
            words = "one intent was made into two sets of changes"
            yield Violation("C1", words, {"key": told.key, "changes": told.changes})
        there = {
            (case.history.changes[pk].campaign, row.field): row
            for pk in told.changes
            if pk in case.history.changes
            for row in case.family(pk).values()
        }
        for campaign, path, seen, wanted in told.edits:
            row = there.get((campaign, path))
            if row is None or (row.seen, row.wanted) != (seen, wanted):
                words = "an acknowledged edit is not there as it was acknowledged"
                yield Violation("C1", words, {"key": told.key, "field": path})


def c2_in_order(case):
    """Effects per campaign follow the sequence.

    What a person released, or sent again, may come after later changes of other
    fields, never after one of the same field; so may what the platform did only
    after it had said that it was done.
    """
    newest = defaultdict(int)
    for effect, change, moved in case.on_time:
        own = {*case.fields_then(effect, change.id), ""}
        for line in _lines_of(case, effect, change, moved):
            if change.sequence < newest[line]:
                words = "an effect came after one of a later change"
                evidence = {"change": change.id, "after": newest[line], "line": line}
                yield Violation("C2", words, evidence | {"at": effect.at})
            if line[1] in own:  # else a neighbour that was sent along: C4
                newest[line] = max(newest[line], change.sequence)


def _lines_of(case, effect, change, moved):
    """What must stay in order: each field, and, by "", the campaign as a whole."""
    if case.is_after_answer(effect):
        case.apart["done by the platform after it said so"] += 1
    elif change.id not in case.put_back:
        moved = [*moved, ""]
    return [(effect.campaign, path) for path in moved]


def c3_once(case):
    """At most one differing effect per change.

    What the platform applied by half may be completed, and a value that somebody
    else put back may be sent again: no read can tell it from one never replaced.
    """
    effects = defaultdict(list)
    for effect, change, moved in case.on_time:
        earlier = effects[change.id]
        again = [path for path in moved if _is_repeated(case, earlier, effect, path)]
        if again and change.id in case.in_the_dark:
            case.apart["sent again by a person who could not know"] += 1
        elif again:
            words = "a change took effect twice"
            evidence = {"change": change.id, "moved": sorted(again)}
            moments = earlier[0][0].at, effect.at
            yield Violation("C3", words, evidence | {"at": moments})
        earlier.append((effect, moved))


def _is_repeated(case, earlier, effect, path):
    """Whether an effect moves what its change had moved, or should have, before."""
    if not earlier:
        return False
    last = earlier[-1][0]
    writer = case.writer(effect.campaign, path, effect.order)
    if writer is not None and writer.request is None and writer.order > last.order:
        case.apart["put back by somebody before it was sent again"] += 1
        return False
    is_half = all("partly" in (one.request.fault or {}) for one, _ in earlier)
    return not is_half or any(path in moved for _, moved in earlier)


def c4_nothing_overwritten(case):
    """No value its author did not see, there before the compare read, is replaced."""
    for effect, change, moved in case.on_time:
        rows = case.fields_then(effect, change.id)
        for path, (before, _) in moved.items():
            looked, row = _looked_at(case, effect, path), rows.get(path)
            if looked is END or (row is not None and _was_seen(row, before)):
                continue
            if broken := _replaced(case, effect, path, looked):
                evidence = {"change": change.id, "field": path, "value": before}
                yield Violation("C4", broken, evidence | {"read": looked})


def c4_no_part_sent_back(case):
    """No part of an object that we had set is sent back with another part of it."""
    for effect, change, moved in case.on_time:
        for path in moved.keys() - case.fields_then(effect, change.id).keys():
            if not case.is_known_to_be_ours(effect, path):
                continue
            if not case.is_newer_of_ours(effect, path, moved[path][1]):
                words = "a part that we had set was sent back with its object"
                evidence = {"change": change.id, "field": path, "at": effect.at}
                yield Violation("C4", words, evidence)


def _replaced(case, effect, path, looked):
    """What is wrong with replacing a value that nobody here saw; "" if nothing."""
    writer = case.writer(effect.campaign, path, effect.order)
    if writer is None or writer.at > looked - SKEW:
        case.apart["written between the read and the send"] += 1
    elif case.is_veiled(effect.campaign, looked):
        case.apart["hidden by a stale read"] += 1
    else:
        return "a value that a read could show was silently replaced"
    return ""


def _was_seen(row, before):
    if row.seen is None or not row.readable:
        return True
    return values.same(before, values.said(row.seen)) or values.same(
        before, values.said(row.wanted)
    )


def _looked_at(case, effect, path):
    """When this field was last read before this send; END when it never is."""
    attempt = case.attempt_for(effect)
    if case.history.policy == "blind":
        return END
    mine = [
        one.started_at
        for one in case.history.attempts
        if one.kind == "compare"
        and one.change_id == attempt.change_id
        and one.id < attempt.id
        and one.status == 200
    ]
    if mine:
        return mine[-1]
    if case.history.policy == "careful":
        return attempt.started_at  # a send without a read answers for everything
    reads = case.reads_of(effect.campaign, path, attempt.started_at)
    return reads[-1].start if reads else attempt.started_at


def c4_fresh_compare(case):
    """Nothing is sent on a compare answer older than two seconds."""
    if case.history.policy != "careful":
        return
    looks = {}
    for one in case.history.attempts:
        if one.kind == "compare" and one.status == 200:
            looks[one.change_id] = one.started_at + timedelta(seconds=one.seconds or 0)
        elif one.kind == "patch":
            broken = _sent_on(case, one, looks.pop(one.change_id, None))
            if broken:
                yield Violation("C4", broken, {"change": one.change_id})


def _sent_on(case, attempt, seen_at):
    """What is wrong with the answer a send was made on; "" if nothing."""
    if seen_at is None:
        return "sent without a compare read"
    gap = attempt.started_at - seen_at
    if gap <= COMPARE_AGE:
        return ""
    if any(a < attempt.started_at and b > seen_at for a, b in case.history.frozen):
        case.apart["frozen between the read and the send"] += 1
        return ""
    return f"sent on a compare answer {gap.total_seconds():.1f} s old"


def c5_one_to_one(case):
    """The platform's journal and our attempts match one to one."""
    for entry in case.patches:
        if entry.number not in case.attempt_of:
            words = "the platform was sent something that we did not write down before"
            evidence = {"number": entry.number, "body": entry.body, "at": entry.start}
            yield Violation("C5", words, evidence)
    known = {attempt.id for attempt in case.attempt_of.values()}
    for attempt in case.sends:
        is_answered = attempt.status is not None and attempt.status != 401
        is_answered &= attempt.campaign in attempt.url  # else a token was refused
        if is_answered and attempt.id not in known:
            words = "an attempt tells of an answer that the platform never gave"
            yield Violation("C5", words, {"attempt": attempt.id})
    yield from _outcomes_by_fence(case)


def _outcomes_by_fence(case):
    """No outcome is written under a claim that a newer one has replaced."""
    fences = {attempt.id: attempt.fence for attempt in case.sends}
    newest = defaultdict(int)
    for entry in case.history.entries:
        fact = json.loads(entry.body)["facts"].get("attempt")
        if fact is None:
            continue
        fence = fences.get(fact, 0)
        if fence < newest[entry.campaign_id]:
            words = "an outcome was written by a worker whose claim was gone"
            yield Violation("C5", words, {"entry": entry.id, "attempt": fact})
        newest[entry.campaign_id] = max(newest[entry.campaign_id], fence)


def c6_audit(case):
    """The audit verifies: numbers, leaves, bodies, and each state has its entry."""
    last = defaultdict(int)
    for entry in case.history.entries:
        last[entry.stream] += 1
        body = json.loads(entry.body)
        leaf = hashlib.sha256(b"\x00" + entry.body.encode()).hexdigest()
        told = body["stream"], body["number"], body["state"], body["event"]
        if entry.leaf != leaf or told != _columns(entry):
            yield Violation("C6", "an entry does not verify", {"entry": entry.id})
        if entry.number != last[entry.stream]:
            evidence = {"stream": entry.stream, "number": entry.number}
            yield Violation("C6", "a stream has a gap or a double", evidence)
    states = {e.id: (e.change_id, e.state) for e in case.history.entries}
    for change in case.history.changes.values():
        if states.get(change.entry_id) != (change.id, change.state):
            words = "a state without its entry"
            yield Violation("C6", words, {"change": change.id, "state": change.state})


def _columns(entry):
    return entry.stream, entry.number, entry.state, entry.event


def c7_fold(case):
    """The platform's final state is the fold of effects and foreign edits."""
    folded = {key: dict(document) for key, document in case.history.first.items()}
    for effect in case.history.effects:
        document = folded[effect.campaign]
        for key, value in effect.before.items():
            if not values.same(document.get(key), value):
                evidence = {"order": effect.order, "key": key}
                yield Violation("C7", "an effect began from another value", evidence)
        document.update(effect.after)
    for campaign, document in folded.items():
        if not values.same(document, case.history.last[campaign]):
            words = "the platform ended elsewhere than its journal"
            yield Violation("C7", words, {"campaign": campaign})


def c8_ends(case):
    """After the faults stop, what waits for no person ends within five minutes.

    Nor stays anything Held that neither a hold nor a question to a person explains.
    """
    for change_id in case.history.still_open:
        change = case.history.changes[change_id]
        evidence = {"change": change_id, "state": change.state, "due": change.due_at}
        yield Violation("C8", "still open long after the last fault", evidence)
    for change in case.history.changes.values():
        if _is_forgotten(case.history, change):
            evidence = {"change": change.id, "asked": change.waits_for_person}
            yield Violation("C8", "Held, though nothing holds it", evidence)
    for words in case.history.trouble:
        yield Violation("C8", "a job ended by an error of ours", {"error": words})


def _is_forgotten(history, change):
    """Held with a connection that goes, or held and nobody is asked about it."""
    if change.state != "held" or history.is_held:
        return False
    return change.held_with_id is not None or not change.waits_for_person


def c9_no_overlap(case):
    """No overlapping PATCH per campaign; one token request at a time."""
    for name, line in _lines(case).items():
        for one, other in itertools.pairwise(line):
            if one.end is not None and other.start >= one.end:
                continue
            if _came_late(case, one) or _came_late(case, other):
                case.apart["requests that arrived after their deadline"] += 1
                continue
            words = "two requests were under way at once"
            evidence = {"line": name, "numbers": (one.number, other.number)}
            yield Violation("C9", words, evidence)


def _lines(case):
    """The requests that must not overlap, by what they are about, in order."""
    lines = defaultdict(list)
    for entry in sorted(case.history.seen, key=lambda entry: entry.start):
        if entry.method == "PATCH":
            lines[entry.campaign].append(entry)
        elif entry.method == "POST" and "oauth" in entry.path:
            lines["token"].append(entry)
    return lines


def _came_late(case, entry):
    attempt = case.attempt_of.get(entry.number)
    return attempt is not None and entry.start > attempt.deadline


def c10_reviewed(case):
    """Each body holds what the person reviewed, and nothing else of ours."""
    for attempt in case.sends:
        rows, own = case.family(attempt.change_id), case.fields_of(attempt.change_id)
        body = values.leaves(documents.loads(attempt.request_body))
        for path, value in body.items():
            row = rows.get(path)
            if path not in own and "." in path:
                continue  # a neighbour inside an object that is sent whole
            if row is None or not values.same(value, values.said(row.wanted)):
                words = "a body held what its person had not reviewed"
                evidence = {"change": attempt.change_id, "field": path, "value": value}
                yield Violation("C10", words, evidence)


INVARIANTS = (
    c1_acknowledged,
    c2_in_order,
    c3_once,
    c4_nothing_overwritten,
    c4_no_part_sent_back,
    c4_fresh_compare,
    c5_one_to_one,
    c6_audit,
    c7_fold,
    c8_ends,
    c9_no_overlap,
    c10_reviewed,
    verdicts.c11_true,
    verdicts.c11_by_evidence,
    verdicts.c11_replaced,
    verdicts.c11_cancelled,
    verdicts.late_effects,
    pace.retry_after_obeyed,
)
