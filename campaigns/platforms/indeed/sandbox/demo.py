"""Indeed campaigns to play with, and the story planted among them."""

from pathlib import Path

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin import Demo, OutsideEdit
from campaigns.platforms.indeed.sandbox.tokens import DEMO_EMPLOYER, OTHER_EMPLOYER

INDEED_WAREHOUSE = "ee4d641cab17b22c"  # query, token, 40 applications
INDEED_COST = "3141592653589793"  # cost target 10.10, an id of digits alone
INDEED_PLAIN = "27ab10c4e5d6f708"  # no objective, all jobs, no token
INDEED_BONUS = "9c01d2e3f4a5b6c7"  # bonus credit
INDEED_QUICK = "5d6e7f8091a2b3c4"
INDEED_FUTURE_OBJECTIVE = "6e7f8091a2b3c4d5"  # a type nobody knows yet
INDEED_DELETED = "7f8091a2b3c4d5e6"
INDEED_PAUSED = "8091a2b3c4d5e6f7"
INDEED_EMOJI = "91a2b3c4d5e6f708"
INDEED_RTL = "a2b3c4d5e6f70819"
INDEED_SCRIPT = "c4d5e6f708192a3b"  # HTML in name and token
INDEED_APOSTROPHE = "d5e6f708192a3b4c"
INDEED_LONG_NAME = "e6f708192a3b4c5d"  # 250 characters
INDEED_INTERVIEWS = "f708192a3b4c5d6e"
INDEED_MAXIMUM = "08192a3b4c5d6e7f"
INDEED_NOT_SPENDING = "4c5d6e7f8091a2b3"
INDEED_DUPLICATE = "1618033988749894"  # in the story its rename is refused
INDEED_CLASH = "2718281828459045"  # in the story somebody changes its target
INDEED_ODD = "5772156649015328"  # unknown status, spaces around the name
INDEED_ALL = "6931471805599453"
INDEED_FOREIGN = "f0e1d2c3b4a59687"  # belongs to the other employer

_DEFAULTS: Document = {
    "employer": DEMO_EMPLOYER,
    "trackingToken": None,
    "status": "ACTIVE",
    "jobsToInclude": "ALL",
    "jobsQuery": None,
    "jobsTitle": None,
    "jobsCompany": None,
    "jobsLocation": None,
    "jobsLocationRadius": None,
    "objective": None,
    "Type": "SOURCE",
    "CurrencyCode": "USD",
    "NonSpendingReasons": [],
    "SpendingChannels": [],
    "FundingSource": "PAID",
    "SponsorshipPlan": "STANDARD",
    "StartDate": "2026-02-01",
}


def campaigns() -> dict[str, Document]:
    """Every campaign by id, in the order lists show them."""
    written = documents.loads(Path(__file__).with_name("campaigns.json").read_bytes())
    seed = {key: {**_DEFAULTS, **own} for key, own in written.items()}
    seed[INDEED_FOREIGN]["employer"] = OTHER_EMPLOYER
    return seed


def story() -> Demo:
    """A rename that is refused, and a target that somebody else keeps changing."""
    refused = {
        "match": {"method": "PATCH", "campaign": INDEED_DUPLICATE, "body": '"name"'},
        "do": {
            "refuse": {
                "status": 400,
                "description": "name: another campaign of this employer has this name.",
            }
        },
        "times": 0,
    }
    kind = "TARGET_COST_PER_APPLICATION"
    turns = tuple(
        {"objective": {"objectiveType": kind, "target": target}}
        for target in documents.loads("[9.25, 8.50]")
    )
    return Demo((refused,), (OutsideEdit(INDEED_CLASH, turns),))
