"""A strict local stand-in for the hire-group campaigns of Microworkers."""

from campaigns.platforms.microworkers.sandbox.demo import MW_SURVEY
from campaigns.platforms.microworkers.sandbox.stand_in import StandIn

__all__ = ["MW_SURVEY", "StandIn"]
