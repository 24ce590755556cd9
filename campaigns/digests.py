"""The e-mail digest of "Needs you": who wants it when, what it says, sent once.

A period (an hour, or a day of the person's own zone) brings at most one mail: it is
claimed by a conditional UPDATE before the mail leaves. A mail that the server refuses
gives its period back and is tried again, later and later.
"""

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.urls import reverse

from campaigns import clock, queries
from campaigns.documents import one_line
from campaigns.lifecycle import NEXT_STEP, State
from campaigns.models import Change, Connection, Digest, Person, Question, Rhythm

SHOWN = 25
AT_ONCE = 20
"""Mails of one round; the others follow in the next."""
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=2)

log = structlog.get_logger(__name__)


def wish(person: Person) -> Digest:
    """What this person chose; never, unless they did."""
    return Digest.objects.filter(person=person).first() or Digest(person=person)


def choose(person: Person, rhythm: Rhythm, hour: int) -> None:
    """Remember how often a person wants the digest; the first comes next time."""
    chosen = Digest(person=person, rhythm=rhythm, hour=hour)
    Digest.objects.update_or_create(
        person=person,
        defaults={
            "rhythm": rhythm,
            "hour": hour,
            "period": _begin(chosen, clock.now()),
            "failures": 0,
            "error": "",
            "retry_at": None,
        },
    )


def send_due() -> int:
    """Send the digests that are due now; how many left."""
    now = clock.now()
    ready = Q(retry_at=None) | Q(retry_at__lte=now)
    wanted = Digest.objects.filter(ready, person__is_active=True)
    rows = wanted.exclude(rhythm=Rhythm.OFF).select_related("person")
    due = [one for one in rows.order_by("pk") if _is_due(one, now)]
    return sum(_send(one, now) for one in due[:AT_ONCE])


def _is_due(one: Digest, now: datetime) -> bool:
    return one.period is None or one.period < _begin(one, now)


def _begin(one: Digest, now: datetime) -> datetime:
    """The start of the hour, or of the person's day, in which `now` lies."""
    if one.rhythm != Rhythm.DAILY:
        return now.replace(minute=0, second=0, microsecond=0)
    zone = ZoneInfo(one.person.timezone)
    local = now.astimezone(zone)
    at = local.replace(hour=one.hour, minute=0, second=0, microsecond=0, fold=0)
    if at.astimezone(now.tzinfo) > now:
        at -= timedelta(days=1)  # wall time: the same hour of the day before
    return at.astimezone(now.tzinfo)


def _send(one: Digest, now: datetime) -> bool:
    """Claim the period, then send; give the period back when that fails."""
    mine = Digest.objects.filter(pk=one.pk)
    begin = _begin(one, now)
    if not mine.filter(period=one.period).update(period=begin):
        return False
    letter = _letter(one.person)
    if letter is None:
        return False
    try:
        letter.send()
    except (OSError, smtplib.SMTPException) as error:
        _put_off(one, begin, error)
        return False
    mine.update(sent_at=clock.now(), failures=0, error="", retry_at=None)
    return True


def _put_off(one: Digest, begin: datetime, error: Exception) -> None:
    code = getattr(error, "smtp_code", "")
    words = f"{type(error).__name__} {code}".strip()  # a text could quote a password
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(one.failures, 8))
    Digest.objects.filter(pk=one.pk, period=begin).update(
        period=one.period,
        failures=F("failures") + 1,
        error=words[:300],
        retry_at=clock.now() + pause,
    )
    log.warning("digest not sent", person=one.pk, error=words)


# --- what it says -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pile:
    title: str
    lines: list[str]

    def __str__(self) -> str:
        more = len(self.lines) - SHOWN
        shown = [*self.lines[:SHOWN], *([f"… and {more} more"] if more > 0 else [])]
        return "\n\n".join([self.title.upper(), *shown])


def _letter(person: Person) -> EmailMessage | None:
    """The mail for one person; None when nothing waits."""
    changes = list(queries.find_needs(person)[: 10 * SHOWN])
    troubled = list(queries.find_troubled(person)[: 2 * SHOWN])
    questions = list(queries.find_questions(person)[: 2 * SHOWN])
    number = queries.count_needs(person)
    if not number:
        return None
    zone = ZoneInfo(person.timezone)
    mine = [one for one in changes if one.change_set.person_id == person.pk]
    others = [one for one in changes if one.change_set.person_id != person.pk]
    piles = (
        _Pile("Yours", [_line(one, zone) for one in mine]),
        _Pile("Waiting for anybody", [_line(one, zone) for one in others]),
        _Pile("Questions", [_asked(one) for one in questions]),
        _Pile("Connections", [_stopped(one) for one in troubled]),
    )
    things = "1 thing needs you" if number == 1 else f"{number:,} things need you"
    body = _body(person, things, (pile for pile in piles if pile.lines))
    return EmailMessage(f"Campaign Desk: {things}", body, to=[person.email])


def _body(person: Person, things: str, piles: Iterable[_Pile]) -> str:
    parts = [
        f"{person}, {things}. All of it: {_link('needs_you')}",
        *map(str, piles),
        f"You asked for this mail. Change that here: {_link('profile_edit')}",
    ]
    return "\n\n\n".join(parts) + "\n"


def _line(change: Change, zone: ZoneInfo) -> str:
    labels = ", ".join(row.label for row in change.fields.all())
    state = State(change.state)
    since = f"{change.moved_at.astimezone(zone):%d %b %H:%M %Z}"
    return (
        f"{state.word}: {one_line(labels)} of {one_line(change.campaign)} on "
        f"{one_line(change.campaign.connection)}, asked for by "
        f"{one_line(change.change_set.person)}, since {since}.\n"
        f"Next: {NEXT_STEP[state].lower()}. {_link('change_detail', change.pk)}"
    )


def _asked(question: Question) -> str:
    return f"{one_line(question.person)} asks: {one_line(question.text)}"


def _stopped(connection: Connection) -> str:
    why = connection.held_reason or connection.sync_error
    return f"{one_line(connection)}: {one_line(why)}\n" + _link(
        "connection_detail", connection.pk
    )


def _link(route: str, *of: int) -> str:
    return settings.SITE_URL + reverse(route, args=of)
