"""What every platform's local stand-in shares: web server, journal, fault script.

Standard library only, and no platform's rules.
"""

from campaigns.gateway.standin.contract import Demo, OutsideEdit, StandIn
from campaigns.gateway.standin.messages import (
    Answer,
    Request,
    Write,
    html_answer,
    json_answer,
)
from campaigns.gateway.standin.running import RunningSandbox, serve
from campaigns.gateway.standin.world import World

__all__ = [
    "Answer",
    "Demo",
    "OutsideEdit",
    "Request",
    "RunningSandbox",
    "StandIn",
    "World",
    "Write",
    "html_answer",
    "json_answer",
    "serve",
]
