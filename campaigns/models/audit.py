"""The audit history as stored: append-only rows, contiguous numbers per stream.

Rows are made by `campaigns.audit` alone; triggers refuse UPDATE and DELETE.
"""

from django.db import models


class AuditStream(models.Model):
    """One line of history (`campaign:12`, `connection:3`, `user:5`, `system`)."""

    name = models.CharField(max_length=80, primary_key=True)
    last_number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """One entry. `body` is the truth, canonical JSON text; the columns find it.

    `leaf` is SHA-256 over 0x00 and the body's UTF-8 bytes, in hex (RFC 9162).
    """

    stream = models.CharField(max_length=80)
    number = models.PositiveBigIntegerField()
    body = models.TextField()
    leaf = models.CharField(max_length=64)
    schema_version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    state = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    person_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    connection_id = models.BigIntegerField(null=True)
    change_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("stream", "number"), name="one_number_per_stream"
            ),
        )
        indexes = (
            models.Index(fields=("at",)),
            models.Index(fields=("event", "id")),
            models.Index(fields=("state", "id")),
            models.Index(fields=("person_id", "id")),
            models.Index(fields=("campaign_id", "id")),
            models.Index(fields=("connection_id", "id")),
            models.Index(fields=("change_id", "id")),
        )

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"


class AuditField(models.Model):
    """Which fields an entry speaks of: an index, also append-only."""

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="named_fields")
    field = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=("field", "entry")),)

    def __str__(self) -> str:
        return f"{self.field} in {self.entry_id}"


class PersonName(models.Model):
    """The name behind a person's number in the history; can be forgotten."""

    person_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name
