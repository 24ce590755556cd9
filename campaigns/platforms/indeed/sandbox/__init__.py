"""A strict local stand-in for Indeed's Sponsored Jobs API."""

from campaigns.platforms.indeed.sandbox.demo import (
    INDEED_WAREHOUSE,
)
from campaigns.platforms.indeed.sandbox.stand_in import StandIn
from campaigns.platforms.indeed.sandbox.tokens import DEMO_EMPLOYER, OTHER_EMPLOYER

__all__ = ["DEMO_EMPLOYER", "INDEED_WAREHOUSE", "OTHER_EMPLOYER", "StandIn"]
