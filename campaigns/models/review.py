"""What reviewers did with change sets: verdicts, questions, visits; saved views."""

from django.conf import settings
from django.db import models

from campaigns.models.change import ChangeSet


class Verdict(models.TextChoices):
    """What a reviewer made of a change set."""

    REVIEWED = "reviewed", "Reviewed"
    FLAGGED = "flagged", "Flagged"


class Review(models.Model):
    """The newest verdict on one change set; earlier ones are in the history.

    `entry_number` is the primary key of the newest entry of the set at that time:
    what came later may open the set again.
    """

    change_set = models.OneToOneField(
        ChangeSet, models.PROTECT, primary_key=True, related_name="review"
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    entry_number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.verdict}: change set {self.change_set_id}"


class Question(models.Model):
    """One question on a change set; open until somebody answers."""

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="questions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("answered_at", "at")),)

    def __str__(self) -> str:
        return f"question {self.pk} on change set {self.change_set_id}"

    @property
    def is_open(self) -> bool:
        """Nobody has answered yet."""
        return self.answered_at is None


class DeskVisit(models.Model):
    """When a person last sat at the review desk, and since when they look."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True
    )
    since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"visit of {self.person_id}"


class SavedView(models.Model):
    """Filters of the audit log under a name: one person's tab, anybody's link."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "name"), name="one_view_per_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
