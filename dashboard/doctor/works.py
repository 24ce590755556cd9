"""Whether the work goes on: what is late, in doubt, on hold, left alone, not read."""

from datetime import datetime, timedelta

from campaigns import changes, clock, limits
from campaigns.delivery import lanes
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Digest, Hold, Lane
from dashboard.doctor.finding import Finding, note, well, wrong

LATE = timedelta(seconds=30)
LONG = timedelta(minutes=5)
SHOWN = 20


def look_at_lanes() -> list[Finding]:
    """That whatever is due is being served."""
    now = clock.now()
    late = Lane.objects.filter(lanes.free(now), due_at__lt=now - LATE).order_by(
        "due_at"
    )
    oldest = late.select_related("campaign__connection").first()
    if oldest is None:
        return [well("Queue", "Nothing that is due waits longer than 30 seconds.")]
    campaign = oldest.campaign
    words = (
        f"{late.count():,} campaigns wait to be served, the longest since "
        f"{_told(oldest.due_at)}: {campaign} on {campaign.connection}."
    )
    advice = "No worker takes them: see Workers."
    return [wrong("Queue", words, advice, campaign.connection_id)]


def look_at_doubt() -> list[Finding]:
    """Changes of which nobody knows whether they arrived."""
    doubt = Change.objects.filter(state__in=(State.UNKNOWN, State.SENDING))
    doubt = doubt.exclude(changes.LEFT)
    asking = doubt.filter(waits_for_person=True).count()
    long_ago = clock.now() - LONG
    stuck = doubt.filter(waits_for_person=False, moved_at__lt=long_ago).count()
    found = []
    if asking:
        words = f"{asking:,} wait for a person: no read can tell."
        found.append(note("In doubt", words, "Decide about them under Needs you."))
    if stuck:
        words = f"{stuck:,} are in doubt for more than five minutes."
        advice = "They are decided by a read; see what is said of their connection."
        found.append(wrong("In doubt", words, advice))
    return found or [well("In doubt", "No change is in doubt for long.")]


def look_at_holds() -> list[Finding]:
    """What is stopped, by whom, and why."""
    wide = [
        note("On hold", f"{hold.scope.capitalize()} is on hold: {hold.reason}")
        for hold in Hold.objects.order_by("at")
    ]
    held = Connection.objects.in_use().filter(held_at__isnull=False)
    found = [*wide, *map(_held, held), *_left_held()]
    return found or [well("On hold", "Nothing is on hold.")]


def _left_held() -> list[Finding]:
    """What is Held with a connection that nothing holds any more."""
    going = Connection.objects.going().values("pk")
    number = Change.objects.filter(held_with__in=going).count()
    if not number:
        return []
    words = f"{number:,} changes are Held although nothing holds them any more."
    advice = "The workers let them go on; if the number does not fall, see Workers."
    return [wrong("On hold", words, advice)]


def _held(one: Connection) -> Finding:
    number = Change.objects.filter(campaign__connection=one, state=State.HELD).count()
    words = f"{one} is on hold, {number:,} changes are Held: {one.held_reason}"
    if one.held_by_id is None:
        advice = "It stopped by itself. Mend it, then release."
        return wrong("On hold", words, advice, one.pk)
    return note("On hold", words, "Release it when the reason is gone.", one.pk)


def look_at_breakers() -> list[Finding]:
    """Platforms that keep failing, or asked not to be called."""
    quiet = Connection.objects.in_use().filter(quiet_until__gt=clock.now())
    failing = Connection.objects.in_use().filter(failures__gte=limits.count("FAILURES"))
    found = [_resting(one) for one in quiet | failing]
    return found or [well("Platforms", "No platform is left alone.")]


def _resting(one: Connection) -> Finding:
    until = f"left alone until {_told(one.quiet_until)}" if one.quiet_until else ""
    if one.failures < limits.count("FAILURES"):
        words = f"{one} asked not to be called: {until}."
        return note("Platforms", words, "It goes on by itself.", one.pk)
    words = f"{one} failed {one.failures} times in a row; {until or 'on trial now'}."
    advice = "Test the connection; it goes on by itself."
    return wrong("Platforms", words, advice, one.pk)


def look_at_reading() -> list[Finding]:
    """Connections whose campaigns could not be read."""
    failed = Connection.objects.in_use().exclude(sync_error="")
    found = [
        wrong(
            "Reading",
            f"{one} could not be read: {one.sync_error}",
            "Test it.",
            one.pk,
        )
        for one in failed[:SHOWN]
    ]
    return found or [well("Reading", "Each connection could be read.")]


def look_at_mails() -> list[Finding]:
    """Digests that could not be handed to the mail server."""
    failed = Digest.objects.filter(failures__gt=0).order_by("-failures")
    number = failed.count()
    if not number:
        return [well("E-mail", "Every digest that was due has left.")]
    first = failed[0]
    words = f"{number} digests could not be sent. The last answer: {first.error}"
    return [wrong("E-mail", words, "Check the EMAIL_ settings.")]


def _told(at: datetime | None) -> str:
    return f"{at:%d %b %H:%M:%S} UTC" if at else "unknown"
