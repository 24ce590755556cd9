"""The 26 events a queue can be told about, spelled as Microworkers spells them."""

from typing import Final

EVENT_GROUPS: Final = (
    (
        "Campaign",
        (
            "CampaignApproved",
            "CampaignBlocked",
            "CampaignCanceled",
            "CampaignCreated",
            "CampaignFinished",
            "CampaignPaused",
            "CampaignPausedByAdmin",
            "CampaignPausedBySystem",
            "CampaignRejected",
            "CampaignRestartApproved",
            "CampaignRestartRejected",
            "CampaignRestartRequested",
            "CampaignRunning",
            "CampaignSubmitted",
        ),
    ),
    (
        "Slot",
        (
            "SlotCreated",
            "SlotLocked",
            "SlotLockExpired",
            "SlotLockReleased",
            "SlotNotSatisfied",
            "SlotReadyForRating",
            "SlotRemoved",
            "SlotRevised",
            "SlotReviseRequested",
            "SlotSatisfied",
            "SlotSubmitted",
        ),
    ),
    ("Task group", ("TaskGroupCreated",)),
)
EVENTS: Final = frozenset(event for _, events in EVENT_GROUPS for event in events)
