"""A hire-group campaign as its form finds it, and what a plan for it says."""

from campaigns.platforms.microworkers.forms import MicroworkersForm

URL = "https://sqs.eu-west-1.amazonaws.com/310442/hires"


QUEUE = {
    "url": URL,
    "type": "sqs",
    "notificationTypes": ["SlotSubmitted", "FutureEvent", "CampaignPaused"],
    "region": "eu",
}


PANEL = {
    "title": "Ad rating",
    "status": "RUNNING",
    "groupId": "2c9d1f07",
    "qtRequired": False,
    "ttr": 7,
    "maximumJobLimit": {"enabled": True, "limitPerDay": 90},
    "autoSkipTask": {"enabled": False, "timeLimit": 900},
    "notificationSettings": [QUEUE],
}


def plan(wanted, **document):
    return MicroworkersForm.plan({**PANEL, **document}, wanted)


def texts(plan, path, kind):
    return " ".join(note.text for note in plan.notes[path] if note.kind == kind)
