"""The audit history as stored: append-only rows, contiguous numbers per stream.

Rows are made by `campaigns.audit` alone; triggers refuse UPDATE and DELETE, but for
texts that lie in an archive.
"""

from django.db import models

VALUE_LENGTH = 80


class AuditStream(models.Model):
    """One line of history (`campaign:12`, `connection:3`, `user:5`, `system`)."""

    name = models.CharField(max_length=80, primary_key=True)
    last_number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """One entry. `body` is the truth, canonical JSON text; the columns find it.

    `leaf` is SHA-256 over 0x00 and the body's UTF-8 bytes, in hex (RFC 9162). The body
    is empty once the text lies in an archive alone.
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
            models.Index(fields=("channel", "id")),
            models.Index(fields=("connection_id", "state", "id")),
            models.Index(fields=("person_id", "campaign_id", "id")),
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


class AuditValue(models.Model):
    """Which values an entry speaks of: an index, also append-only.

    One row for each different value of a field, as people read it, case folded and
    cut; an empty one where a field is told without values.
    """

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="named_values")
    campaign_id = models.BigIntegerField(null=True)
    field = models.CharField(max_length=120)
    value = models.CharField(max_length=VALUE_LENGTH)

    class Meta:
        indexes = (
            models.Index(fields=("value", "entry")),
            models.Index(fields=("campaign_id", "field", "entry")),
        )

    def __str__(self) -> str:
        return f"{self.value} in {self.entry_id}"

    @staticmethod
    def folded(value: str) -> str:
        """A value as it is kept here, and as it is looked up."""
        return value.strip().casefold()[:VALUE_LENGTH]


class Seal(models.Model):
    """The place of an entry in the sealed history: its leaf of the Merkle tree.

    Positions begin at 0 and have no gap. An entry without a seal is pending.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    leaf = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.position}"


class SealNode(models.Model):
    """The root of a full subtree of 2^level leaves, so that proofs need few reads."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("level", "index"), name="one_hash_per_node"
            ),
        )

    def __str__(self) -> str:
        return f"node {self.index} of level {self.level}"


class Checkpoint(models.Model):
    """The signed state of the sealed history at one size.

    `note` is the signed text, C2SP tlog-checkpoint; `key` the public key that opens
    it, as a verifier key of a signed note; `edge` the right edge of the tree;
    `previous` the size of the checkpoint before.
    """

    size = models.PositiveBigIntegerField(primary_key=True)
    previous = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    edge = models.TextField()
    note = models.TextField()
    key = models.CharField(max_length=300)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Anchor(models.Model):
    """A checkpoint that was laid down where the database does not reach."""

    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("kind", "id")),)

    def __str__(self) -> str:
        return f"{self.kind} anchor of {self.size}"


class ArchivedMonth(models.Model):
    """A month that lies in a file, too: the positions from `first` to before `end`.

    `month` is written 2025-03 and is one of UTC; `sha256` is that of the file; `entry`
    tells the same in the history.
    """

    month = models.CharField(max_length=7, primary_key=True)
    first = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()
    file = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"archive of {self.month}"


class SealLease(models.Model):
    """Who may seal until when: one row, taken by a conditional UPDATE."""

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PersonName(models.Model):
    """The name behind a person's number in the history; can be forgotten."""

    person_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name
