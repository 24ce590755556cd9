"""What a platform gives so that a stand-in of it can be served."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from campaigns.documents import Document
from campaigns.gateway.standin.messages import Answer, Request
from campaigns.gateway.standin.world import World


@dataclass(frozen=True, slots=True)
class OutsideEdit:
    """What somebody else does in a demo: one value after the other, for ever."""

    campaign: str
    turns: tuple[Document, ...]
    first_after: float = 60.0
    then_every: float = 600.0


@dataclass(frozen=True, slots=True)
class Demo:
    """The planted story: faults, and what somebody else changes."""

    faults: tuple[Document, ...] = ()
    edits: tuple[OutsideEdit, ...] = ()


class StandIn(Protocol):
    """A platform's rules, written from its documents.

    `secret_header` is the header that carries the credential, in lower case.
    """

    key: str
    base_path: str
    token_path: str
    secret_header: str
    options: dict[str, Any]
    demo: Demo

    def seed(self) -> dict[str, Document]:
        """The campaigns a fresh stand-in starts with, by remote id."""
        ...

    def answer(self, request: Request, world: World) -> Answer:
        """Judge a request. Changes nothing: the answer carries the write."""
        ...

    def refusal(self, world: World, status: int, kind: str, words: str) -> Answer:
        """A refusal in this platform's own envelope, for the fault script."""
        ...

    def masked(self, text: str) -> str:
        """The text without the secrets of this platform."""
        ...


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a served stand-in is found."""

    base_url: str
    token_url: str
    control_url: str
    port: int = field(compare=False)
