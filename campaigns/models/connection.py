"""Connections: one set of credentials on one platform."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from campaigns.models.person import Person
from campaigns.rights import Right


class ReadPolicy(models.TextChoices):
    """How much looking a connection pays for."""

    CAREFUL = "careful", "Careful: a read before and after each send"
    THRIFTY = "thrifty", "Thrifty: trusts a recent snapshot, confirms by the list"
    BLIND = "blind", "Blind: never reads"


class Connections(models.QuerySet["Connection"]):
    """Connections by who may see them and whether they are in use."""

    def visible_to(self, person: Person) -> "Connections":
        """Those open to everyone, those shared with the person; all for admins."""
        if person.may(Right.CONNECT):
            return self
        mine = self.filter(people=person).values("pk")
        return self.filter(Q(open_to_all=True) | Q(pk__in=mine))

    def in_use(self) -> "Connections":
        """Not archived."""
        return self.filter(archived_at=None)

    def going(self) -> "Connections":
        """In use, and on hold neither alone, nor with a platform or everything."""
        wide = Hold.objects.filter(
            Q(scope=Hold.EVERYTHING) | Q(scope=OuterRef("platform"))
        )
        return self.in_use().filter(~Exists(wide), held_at=None)

    def with_wide_hold(self) -> "Connections":
        """Each with `wide_hold`: why its platform, or everything, is held, or None."""
        wide = Hold.objects.filter(
            Q(scope=Hold.EVERYTHING) | Q(scope=OuterRef("platform"))
        )
        reason = wide.order_by("-at").values("reason")[:1]
        return self.annotate(wide_hold=Subquery(reason))


class Connection(models.Model):
    """One set of credentials on one platform (one employer, or one API key).

    `account` stands for what they open: two connections there would have two lanes
    for each campaign.
    """

    platform = models.SlugField(max_length=40)
    name = models.CharField(max_length=120, unique=True)
    base_url = models.CharField(max_length=300)
    token_url = models.CharField(max_length=300, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=64, null=True)  # noqa: DJ001  None: unknown
    sealed_secrets = models.TextField(blank=True)
    is_sandbox = models.BooleanField(default=False)
    open_to_all = models.BooleanField(default=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)

    read_policy = models.CharField(
        max_length=10, choices=ReadPolicy.choices, default=ReadPolicy.CAREFUL
    )
    snapshot_seconds = models.PositiveIntegerField(default=900)
    settle_seconds = models.PositiveIntegerField(default=30)
    sync_every_seconds = models.PositiveIntegerField(default=900)

    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    held_reason = models.CharField(max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    calls_per_minute = models.PositiveIntegerField(default=60)
    pace_ms = models.PositiveIntegerField(default=0)
    paced_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True, blank=True)

    sync_due_at = models.DateTimeField(null=True, blank=True)
    sync_lease_until = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    sync_error = models.CharField(max_length=500, blank=True)
    calls_used = models.PositiveIntegerField(default=0)

    sealed_token = models.TextField(blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    token_lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Connections.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("platform", "account"),
                condition=Q(archived_at=None),
                name="one_connection_per_account",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_held(self) -> bool:
        """Nothing leaves through a held connection."""
        return self.held_at is not None


class Hold(models.Model):
    """A stop wider than one connection: of a platform, or of everything."""

    scope = models.CharField(max_length=40, unique=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField()

    EVERYTHING = "everything"

    def __str__(self) -> str:
        return f"hold on {self.scope}"
