"""The runs of the isolation bench, on the real pipeline."""

from django.core.management import call_command

from campaigns.gateway.standin import serve
from campaigns.lifecycle import State
from campaigns.models import Change, Connection
from tests.bench import apart, isolation
from tests.delivery.conftest import Road
from tests.services import wait_until


def prepare():
    call_command("migrate", verbosity=0)


def run(stack, folder):
    quick = Road("indeed", stack.enter_context(serve("indeed")))
    slow = Road("microworkers", stack.enter_context(serve("microworkers")))
    quick.sync()
    slow.sync()
    Connection.objects.update(sync_due_at=None)
    process = isolation.worker(folder)
    stack.callback(process.wait, 60)
    stack.callback(process.terminate)
    quick.ask(WARM, "trackingToken", "warm")
    wait_until(lambda: not Change.objects.exclude(state="confirmed").exists(), "warmth")
    isolation.told([pair(quick, slow, number) for number in range(isolation.PAIRS)])


WARM = "3141592653589793"


def pair(quick, slow, number):
    """One run alone and one beside the slow connection, in alternating order."""
    order = [False, True] if number % 2 else [True, False]
    found = {is_slow: measure(quick, slow, number, is_slow) for is_slow in order}
    return {
        "with_slow": round(apart.ranked(found[True], 0.95), 3),
        "alone": round(apart.ranked(found[False], 0.95), 3),
    }


def measure(quick, slow, number, is_slow):
    if is_slow:
        late = {"match": {}, "do": {"late": isolation.SLOW}, "times": 0}
        slow.sandbox.script(late)
        for turn in range(12):
            slow.ask(isolation.TTR, "ttr", str(2 + turn), key=f"s{number}.{turn}")
        wait_until(lambda: slow.requests()[-1]["ended"] is None, "a slow answer")
    took = [
        once(quick, f"{number}.{is_slow}.{turn}") for turn in range(isolation.EDITS)
    ]
    if is_slow:
        slow.sandbox.clear()
        mine = Change.objects.filter(campaign__connection=slow.connection)
        over = mine.filter(state__in=(State.WAITING, State.SENDING, State.ACCEPTED))
        wait_until(lambda: not over.exists(), "the slow ones", 180)
    return took


def once(quick, value):
    """Seconds from Send to Confirmed."""
    change = quick.ask(isolation.WAREHOUSE, "trackingToken", value, key=value)
    mine = Change.objects.filter(pk=change.pk, state=State.CONFIRMED)
    wait_until(mine.exists, "an edit", 60)
    return (mine.get().moved_at - change.created_at).total_seconds()
