"""What can be edited on a Microworkers hire-group campaign, field by field.

Source: the platform's page on updating a hire-group campaign; what it leaves open is
in assumptions.py. Days, seconds and minutes: each field has its own unit.
"""

from campaigns.diff import Note
from campaigns.documents import Document
from campaigns.fields import Flag, Reported, Text, Whole
from campaigns.forms import CampaignForm, Errors, Notes, Sheet
from campaigns.platforms.microworkers import assumptions, facts, rating, switches
from campaigns.platforms.microworkers.queues import QUEUES, Queues, lock

PASS_MARK_LEAST, PASS_MARK_MOST = assumptions.success_rate_bounds()


ON = "true"


class MicroworkersForm(CampaignForm):
    """The fields of PATCH /hire-group-campaigns/{id}: absent means keep, no nulls."""

    autoRateOkTask = Flag(
        label="Rate as satisfied by itself",
        help_text="A position with a score at or above the pass mark is rated "
        "satisfied and paid.",
        group="Rating",
        reported=Reported.NEVER,
        caution="Workers at or above the pass mark are paid without a person looking. "
        "Needs test cases, and a campaign that only the employer rates.",
        must_know={
            ON: "Work is rated as satisfied, and paid, without a person looking."
        },
        dependants=[rating.MARK],
    )
    autoRateNokTask = Flag(
        label="Rate as not satisfied by itself",
        help_text="A position with a score below the pass mark is rated not satisfied "
        "and not paid.",
        group="Rating",
        reported=Reported.NEVER,
        caution="Workers below the pass mark are not paid. Needs test cases, and a "
        "campaign that only the employer rates.",
        must_know={ON: "Work is rated as not satisfied, and not paid, by itself."},
        dependants=[rating.MARK],
    )
    successRate = Whole(
        label="Pass mark",
        help_text="The smallest score that counts as satisfied. Used only while one "
        "of the two ratings above is on.",
        group="Rating",
        unit="%",
        reported=Reported.NEVER,
        least=PASS_MARK_LEAST,
        most=PASS_MARK_MOST,
    )
    ttr = Whole(
        label="Time to rate",
        help_text="From 1 to 30 days. Work that nobody rated by then is approved.",
        group="Rating",
        unit="days",
        least=1,
        most=30,
    )
    autoRefillPositions = Flag(
        label="Refill positions by itself",
        help_text="Adds positions to the campaign without asking.",
        group="Positions",
        reported=Reported.NEVER,
        caution="While it is on, positions are added and money is spent without "
        "further asking.",
        must_know={ON: "Positions are added, and money is spent, without asking."},
    )
    limit_on = Flag(
        path=switches.LIMIT_ON,
        label="Daily limit",
        help_text="Limits the positions completed in one day. Sent as one object.",
        group="Positions",
        null_is_off=True,
        dependants=[switches.LIMIT],
    )
    limit_per_day = Whole(
        path=switches.LIMIT,
        label="Positions a day",
        help_text="At the limit the campaign pauses by itself and resumes about "
        "midnight US Central. That pause is normal.",
        group="Positions",
        unit="positions",
        empty="none",
        least=assumptions.limit_per_day_least(),
        dependants=[switches.LIMIT_ON],
    )
    groupId = Text(
        label="Hire group",
        help_text="The id of the group whose workers may take part.",
        group="Workers",
        limit=200,
        never_empty="Give a hire group: it can be replaced, never emptied.",
    )
    qtRequired = Flag(
        label="Qualification test",
        help_text="Only workers who passed the platform's own test may take part.",
        group="Workers",
        on="Required",
        off="Not required",
        caution="Fewer workers can take part while the test is required.",
    )
    skip_on = Flag(
        path=switches.SKIP_ON,
        label="Skip idle work",
        help_text="Takes a position back when the worker's browser stays silent. Sent "
        "as one object.",
        group="Time allowed",
        null_is_off=True,
        dependants=[switches.SKIP],
    )
    skip_after = Whole(
        path=switches.SKIP,
        label="Skip after",
        help_text="Seconds without a refresh of the worker's session.",
        group="Time allowed",
        unit="seconds",
        empty="none",
        least=assumptions.time_limit_least(),
        dependants=[switches.SKIP_ON],
    )
    timeToWaitAfterSlotExpiration = Whole(
        label="Release expired slots after",
        help_text="Minutes before the lock of an expired slot is released.",
        group="Time allowed",
        unit="minutes",
        reported=Reported.NEVER,
        least=assumptions.slot_wait_least(),
    )
    notificationSettings = Queues(
        label="Notification queues",
        help_text="Amazon SQS queues and the events each of them is told about.",
        group="Notifications",
        empty="no queues",
    )

    @classmethod
    def locks(cls, document: Document) -> dict[str, str]:
        reason = lock(document)
        return switches.locks(document) | ({QUEUES: reason} if reason else {})

    @classmethod
    def extras(cls, document: Document) -> list[tuple[str, str]]:
        return list(facts.extras(document))

    @classmethod
    def absent(cls) -> list[tuple[str, str]]:
        return list(facts.ABSENT)

    @classmethod
    def conflicts(cls, sheet: Sheet) -> Errors:
        return switches.conflicts(sheet) | rating.conflicts(sheet)

    @classmethod
    def remarks(cls, sheet: Sheet) -> Notes:
        caution = facts.caution(sheet.document) if sheet.wanted else ""
        whole: Notes = {"": [Note("caution", caution)]} if caution else {}
        return switches.remarks(sheet) | rating.remarks(sheet) | whole

    @classmethod
    def body(cls, sheet: Sheet) -> Document:
        return switches.body(sheet, super().body(sheet))
