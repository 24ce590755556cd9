"""Where the addresses that are called were entered, as sentences name it. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """`address` and `addresses` go into a sentence; `page` is where they are corrected,
    "" where the words stand beside them."""

    address: str
    addresses: str
    page: str = ""

    def correct(self, what: str) -> str:
        """Ask to correct `what`: a space and a sentence, "" where there is no page."""
        return f" Correct {what} under {self.page}." if self.page else ""


CONNECTION: Final = Place(
    "address of this connection", "addresses of this connection", "Connections"
)
NOTICE: Final = Place("address", "address")
