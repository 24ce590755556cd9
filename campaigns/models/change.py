"""Change sets, changes, field changes and attempts: the row is the queue.

`state` is written by `campaigns.changes` alone; the database refuses a state
that comes without its audit entry.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models.campaign import Campaign
from campaigns.models.connection import Connection, ReadPolicy
from campaigns.models.person import Person

STATES = [(state.value, state.word) for state in State]


class Channel(models.TextChoices):
    """The way an intent came in."""

    SCREEN = "screen", "Screen"
    COMMAND = "command", "Command line"
    UNDO = "undo", "Undo"
    SYSTEM = "system", "Campaign Desk"


class ChangeSet(models.Model):
    """One intent of one person: a title, a reason, one or many changes."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    title = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    key = models.CharField(max_length=64)
    undoes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "key"), name="one_set_per_key"),
        )

    def __str__(self) -> str:
        return self.title or f"change set {self.pk}"


class Changes(models.QuerySet["Change"]):
    """Changes by who may see them."""

    def visible_to(self, person: Person) -> "Changes":
        """Those on connections that this person may see, archived ones too.

        Said as an exclusion, so that the newest page needs no sort of all changes.
        """
        seen = Connection.objects.visible_to(person)
        hidden = Connection.objects.exclude(pk__in=seen.values("pk"))
        return self.exclude(campaign__connection__in=hidden)


class Change(models.Model):
    """The part of a change set that concerns one campaign; at most one PATCH.

    `held_with` marks what a stop of that connection holds: it goes on once nothing
    holds the connection. None on a Held change: it is held for itself.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changes")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="changes")
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=STATES, default=State.DRAFT)
    entry = models.ForeignKey(
        "AuditEntry", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="split_off"
    )
    says = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    sends = models.PositiveIntegerField(default=0)
    waits_for_person = models.BooleanField(default=False)
    held_with = models.ForeignKey(
        Connection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    watch_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = Changes.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "sequence"), name="one_place_in_the_lane"
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at")),
            models.Index(fields=("campaign", "state")),
            models.Index(fields=("campaign", "watch_at")),
            models.Index(fields=("created_at",)),
            models.Index(
                fields=("held_with",),
                condition=Q(held_with__isnull=False),
                name="changes_held_with",
            ),
        )

    def __str__(self) -> str:
        return f"change {self.pk}"


class FieldChanges(models.QuerySet["FieldChange"]):
    """Field changes by what a read may have shown of them."""

    def sent_blind(self, campaigns: Iterable[Campaign]) -> "FieldChanges":
        """What took effect on those of the campaigns that are never read, in order.

        The newest of each field. Asks nothing where there are no such campaigns.
        """
        blind = [
            each.pk
            for each in campaigns
            if each.connection.read_policy == ReadPolicy.BLIND
        ]
        sent = self.filter(state__in=TOOK_EFFECT, readable=True)
        newer = sent.filter(
            change__campaign=OuterRef("change__campaign"),
            change__sequence__gt=OuterRef("change__sequence"),
            field=OuterRef("field"),
        )
        newest = sent.filter(~Exists(newer), change__campaign__in=blind)
        return newest.select_related("change").order_by("change__sequence", "pk")


class FieldChange(models.Model):
    """One field of a change: the value seen, the value wanted, what became of it.

    Values are canonical text; `seen` is None where the platform had not reported
    the field. Label and words are frozen when the change is requested.
    """

    change = models.ForeignKey(Change, models.PROTECT, related_name="fields")
    field = models.CharField(max_length=120)
    label = models.CharField(max_length=120)
    seen = models.TextField(null=True)  # noqa: DJ001  None is "unknown", "" is not
    wanted = models.TextField()
    seen_text = models.TextField(blank=True)
    wanted_text = models.TextField(blank=True)
    readable = models.BooleanField()
    one_way = models.BooleanField(default=False)
    origin = models.CharField(max_length=10)
    state = models.CharField(max_length=20, choices=STATES, default=State.DRAFT)
    entry = models.ForeignKey(
        "AuditEntry", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    found = models.TextField(null=True)  # noqa: DJ001  None is "not read"
    found_text = models.TextField(blank=True)
    says = models.TextField(blank=True)
    advice = models.TextField(blank=True)

    objects = FieldChanges.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("change", "field"), name="one_row_per_field_of_a_change"
            ),
        )
        indexes = (models.Index(fields=("field", "state")),)

    def __str__(self) -> str:
        return f"{self.field} of change {self.change_id}"

    def is_unread(self, read_at: datetime | None) -> bool:
        """Whether what was read then is from before this was accepted."""
        sent = self.change.accepted_at
        return sent is not None and (read_at is None or read_at < sent)
