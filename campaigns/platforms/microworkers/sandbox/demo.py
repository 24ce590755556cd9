"""Hire-group campaigns to play with, and the story planted among them."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin import Demo, OutsideEdit

DEMO_OWNER, OTHER_OWNER = "demo", "other"

MW_SURVEY = "b5f1c2d3e4a6"  # limit and skip on, one queue
MW_SCHEDULE = "a4c0b1d2e3f5"  # a schedule inside maximumJobLimit
MW_NULLS = "93bfa0c1d2e4"  # maximumJobLimit and autoSkipTask null
MW_QUEUES = "82ae9fb0c1d3"  # two queues, a notification type nobody knows
MW_EMPLOYER_RATED = "719d8eafb0c2"  # automatic rating is possible
MW_TEST_RATED = "608c7d9eafb1"  # automatic rating is refused
MW_HTML = "5f7b6c8d9ea0"  # HTML and scripts in every text
MW_FINISHED = "4e6a5b7c8d9f"
MW_BLOCKED = "3d594a6b7c8e"
MW_LIMIT_OFF = "2c48395a6b7d"
MW_ODD_STATUS = "d7f384050617"
MW_SPANISH = "c6e273f40506"
MW_RTL = "b4d162e3f405"
MW_JAPANESE = "92bf40c1d2e3"
MW_EXTERNAL = "6f8c1d9eafb0"
MW_CLASH = "4d6aff7c8d9e"  # in the story somebody changes its ttr
MW_BASIC = "123abc123abc"  # a basic campaign: 404 on this path
MW_FOREIGN = "fedcba987654"  # another owner: 403

_DEFAULTS: Document = {
    "owner": DEMO_OWNER,
    "kind": "hire-group",
    "description": "<p>Read the instructions, then answer.</p>",
    "status": "RUNNING",
    "categoryId": "1001",
    "created": "2026-09-14T08:30:00-05:00",
    "approved": "2026-09-14T11:05:21-05:00",
    "blocked": None,
    "blockedReason": None,
    "finished": None,
    "availablePositions": 500,
    "minutesToFinish": 10,
    "paymentPerTask": Decimal("0.15"),
    "maxPositionPerWorker": 1,
    "estimateCost": Decimal("82.50"),
    "htmlCode": "",
    "cssSection": "",
    "jsSection": "",
    "variables": [],
    "questions": [],
    "jobQueues": {
        "csvUploadJob": None,
        "restartCampaignJob": None,
        "addPositionJob": None,
    },
    "internalTemplate": {"id": "t1", "ratingMethodId": 1},
    "externalTemplate": None,
    "slotsCount": {"locked": 3, "unTaken": 412, "ok": 70, "nok": 2, "notRated": 13},
    "groupId": "5e6b1a09c3d4",
    "qtRequired": False,
    "ttr": 7,
    "maximumJobLimit": {"enabled": False},
    "autoSkipTask": {"enabled": False},
    "notificationSettings": [],
    "visibilityDelay": 0,
    "autoRateNokTask": False,
    "autoRateOkTask": False,
    "autoRefillPositions": False,
    "successRate": 0,
    "timeToWaitAfterSlotExpiration": 0,
}


def campaigns() -> dict[str, Document]:
    """Every campaign by id."""
    written = documents.loads(Path(__file__).with_name("campaigns.json").read_bytes())
    return {key: {**deepcopy(_DEFAULTS), **own} for key, own in written.items()}


def story() -> Demo:
    """Somebody else keeps changing the days to rate of one campaign."""
    return Demo(edits=(OutsideEdit(MW_CLASH, ({"ttr": 5}, {"ttr": 3})),))
