"""Indeed campaigns to play with, and the story planted among them."""

from decimal import Decimal
from typing import Any

from campaigns.documents import Document
from campaigns.gateway.standin import Demo
from campaigns.platforms.indeed.sandbox.tokens import DEMO_EMPLOYER, OTHER_EMPLOYER

INDEED_WAREHOUSE = "ee4d641cab17b22c"


def story() -> Demo:
    """The planted story."""
    return Demo()


def campaigns() -> dict[str, Document]:
    """Every campaign by id, in the order lists show them."""
    return {
        INDEED_WAREHOUSE: _campaign("Warehouse associates, Leipzig"),
    }


def _campaign(name: str, **more: Any) -> Document:
    return {
        "employer": DEMO_EMPLOYER,
        "name": name,
        "trackingToken": None,
        "status": "ACTIVE",
        "jobsToInclude": "ALL",
        "objective": None,
        "Type": "SOURCE",
        "CurrencyCode": "USD",
        **more,
    }
