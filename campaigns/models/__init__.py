"""What is remembered. Rows only: no verbs, no HTTP, no knowledge of platforms."""

from campaigns.models.attempt import Attempt, AttemptKind, Outcome
from campaigns.models.audit import (
    Anchor,
    ArchivedMonth,
    AuditEntry,
    AuditField,
    AuditStream,
    AuditValue,
    Checkpoint,
    PersonName,
    Seal,
    SealLease,
    SealNode,
)
from campaigns.models.campaign import Campaign, Draft, Label, Lane
from campaigns.models.change import Change, ChangeSet, Channel, FieldChange
from campaigns.models.connection import Connection, Hold, ReadPolicy
from campaigns.models.digest import Digest, Rhythm
from campaigns.models.notice import Delivery, NoticeDelivery, Road, Subscription
from campaigns.models.person import Person
from campaigns.models.review import DeskVisit, Question, Review, SavedView, Verdict
from campaigns.models.worker import WorkerBeat

__all__ = [
    "Anchor",
    "ArchivedMonth",
    "Attempt",
    "AttemptKind",
    "AuditEntry",
    "AuditField",
    "AuditStream",
    "AuditValue",
    "Campaign",
    "Change",
    "ChangeSet",
    "Channel",
    "Checkpoint",
    "Connection",
    "Delivery",
    "DeskVisit",
    "Digest",
    "Draft",
    "FieldChange",
    "Hold",
    "Label",
    "Lane",
    "NoticeDelivery",
    "Outcome",
    "Person",
    "PersonName",
    "Question",
    "ReadPolicy",
    "Review",
    "Rhythm",
    "Road",
    "SavedView",
    "Seal",
    "SealLease",
    "SealNode",
    "Subscription",
    "Verdict",
    "WorkerBeat",
]
