"""Whether somebody works: the beats of the workers, and lanes they left behind."""

from datetime import timedelta

from campaigns import clock, limits
from campaigns.delivery import beats
from campaigns.models import Lane, WorkerBeat
from dashboard.doctor.finding import Finding, note, well, wrong

START = "Start one: bin/up, or celery -A dashboard worker."


def look_at_beats() -> list[Finding]:
    """That a worker has shown itself lately, and which have stopped to."""
    late = clock.now() - 3 * beats.EVERY - limits.span("POLL")
    alive = WorkerBeat.objects.filter(at__gte=late).count()
    silent = WorkerBeat.objects.filter(at__lt=late).order_by("-at")
    if not alive:
        last = silent.first()
        since = f" since {last.at:%d %b %H:%M:%S} UTC" if last else ""
        return [wrong("Workers", f"No worker has shown itself{since}.", START)]
    words = "1 worker is alive." if alive == 1 else f"{alive} workers are alive."
    return [well("Workers", words), *_gone(list(silent[:10]))]


def _gone(silent: list[WorkerBeat]) -> list[Finding]:
    return [
        note("Workers", f"{beat.name} fell silent at {beat.at:%d %b %H:%M:%S} UTC.")
        for beat in silent
    ]


def look_at_leases() -> list[Finding]:
    """That no campaign is kept by a worker that died over it."""
    since = clock.now() - timedelta(seconds=30)
    left = Lane.objects.exclude(owner="").filter(lease_until__lt=since)
    if number := left.filter(due_at__isnull=False).count():
        words = f"{number} campaigns were left behind by a worker that died."
        return [wrong("Leases", words, "A worker takes them over; see Workers.")]
    return [well("Leases", "No campaign was left behind by a worker.")]
