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
from campaigns.models.person import Person

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
    "Draft",
    "FieldChange",
    "Hold",
    "Label",
    "Lane",
    "Person",
    "PersonName",
    "ReadPolicy",
    "Seal",
    "SealLease",
    "SealNode",
]
