"""Hire-group campaigns to play with, and the story planted among them."""

from decimal import Decimal
from typing import Any

from campaigns.documents import Document
from campaigns.gateway.standin import Demo

DEMO_OWNER, OTHER_OWNER = "demo", "other"
MW_SURVEY = "b5f1c2d3e4a6"


def story() -> Demo:
    """The planted story."""
    return Demo()


def campaigns() -> dict[str, Document]:
    """Every campaign by id."""
    return {MW_SURVEY: _campaign("Shopping habits: short survey")}


def _campaign(title: str, **more: Any) -> Document:
    return {
        "owner": DEMO_OWNER,
        "kind": "hire-group",
        "title": title,
        "status": "RUNNING",
        "groupId": "5e6b1a09c3d4",
        "qtRequired": False,
        "ttr": 7,
        "paymentPerTask": Decimal("0.15"),
        **more,
    }
