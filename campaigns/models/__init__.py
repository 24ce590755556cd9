"""What is remembered. Rows only: no verbs, no HTTP, no knowledge of platforms."""

from campaigns.models.audit import (
    Anchor,
    AuditEntry,
    AuditField,
    AuditStream,
    Checkpoint,
    PersonName,
    Seal,
    SealLease,
    SealNode,
)
from campaigns.models.campaign import Campaign, Draft, Label, Lane
from campaigns.models.change import (
    Attempt,
    AttemptKind,
    Change,
    ChangeSet,
    Channel,
    FieldChange,
)
from campaigns.models.connection import Connection, Hold, ReadPolicy
from campaigns.models.digest import Digest, Rhythm
from campaigns.models.person import Person
from campaigns.models.worker import WorkerBeat

__all__ = [
    "Anchor",
    "Attempt",
    "AttemptKind",
    "AuditEntry",
    "AuditField",
    "AuditStream",
    "Campaign",
    "Change",
    "ChangeSet",
    "Channel",
    "Checkpoint",
    "Connection",
    "Digest",
    "Draft",
    "FieldChange",
    "Hold",
    "Label",
    "Lane",
    "Person",
    "PersonName",
    "ReadPolicy",
    "Rhythm",
    "Seal",
    "SealLease",
    "SealNode",
    "WorkerBeat",
]
