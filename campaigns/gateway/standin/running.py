"""Starts a stand-in on a loopback port and gives the means to steer it."""

import pkgutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from campaigns.documents import Document
from campaigns.gateway.standin.contract import Addresses, OutsideEdit, StandIn
from campaigns.gateway.standin.host import Host
from campaigns.gateway.standin.server import Server
from campaigns.gateway.standin.world import World


class RunningSandbox:
    """A stand-in that answers over HTTP until it is stopped."""

    def __init__(self, host: Host, port: int) -> None:
        self._host = host
        self._server = Server(host, port)
        self.addresses = _addresses(host.stand_in, self._server.server_address[1])
        host.world.origin = f"http://127.0.0.1:{self.addresses.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        return self.addresses.base_url

    @property
    def token_url(self) -> str:
        return self.addresses.token_url

    @property
    def control_url(self) -> str:
        return self.addresses.control_url

    @property
    def port(self) -> int:
        return self.addresses.port

    def journal(self) -> list[Document]:
        """Every request and outside edit so far, oldest first."""
        return self._host.journal.entries()

    def script(self, *lines: Document) -> None:
        """Plant faults. Raises ValueError for one it cannot understand."""
        self._host.script.add(lines)

    def clear(self) -> None:
        """Take all faults away."""
        self._host.script.clear()

    def edit(self, campaign: str, changes: Document) -> None:
        """Somebody else changes a campaign. Raises KeyError."""
        self._host.edit(campaign, changes)

    def document(self, campaign: str) -> Document:
        """What the platform truly holds, whatever reads show. Raises KeyError."""
        return self._host.world.stored(campaign)

    @property
    def options(self) -> dict[str, Any]:
        """The options and their values, as docs/sandbox.md explains them."""
        return dict(self._host.world.options)

    def configure(self, **options: Any) -> None:
        """Change options. Raises ValueError for one that does not exist."""
        self._host.world.configure(options)

    def tell(self) -> None:
        """Begin the planted story of a demo."""
        self._host.script.add(self._host.stand_in.demo.faults)
        for edit in self._host.stand_in.demo.edits:
            self._host.after(edit.first_after, self._outside, edit, 0)

    def stop(self) -> None:
        """Close the port and every connection. Twice is harmless."""
        self._server.close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _outside(self, edit: OutsideEdit, turn: int) -> None:
        self._host.edit(edit.campaign, edit.turns[turn % len(edit.turns)])
        self._host.after(edit.then_every, self._outside, edit, turn + 1)


def serve(
    platform: str,
    port: int = 0,
    *,
    seed: dict[str, Document] | None = None,
    state: Path | None = None,
    **options: Any,
) -> RunningSandbox:
    """Serve the stand-in of a platform on 127.0.0.1; port 0 takes a free one.

    `seed` replaces the demo campaigns (stored shape, by remote id); `state` is a
    folder that keeps the edits over a restart; options as in docs/sandbox.md.
    """
    stand_in = found(platform)()
    kept = state / f"{platform}.json" if state else None
    campaigns = stand_in.seed() if seed is None else seed
    world = World(campaigns, stand_in.options, state=kept)
    world.configure(options)
    return RunningSandbox(Host(stand_in, world), port)


def found(platform: str) -> Callable[[], StandIn]:
    """The stand-in of a platform's package. Raises ValueError without one.

    By name, because what platforms share may not import a platform.
    """
    try:
        kind = pkgutil.resolve_name(f"campaigns.platforms.{platform}.sandbox:StandIn")
    except (ImportError, AttributeError) as error:
        raise ValueError(f"No sandbox for platform {platform!r}: {error}") from error
    return kind  # type: ignore[no-any-return]  # resolve_name returns Any


def _addresses(stand_in: StandIn, port: int) -> Addresses:
    origin = f"http://127.0.0.1:{port}"
    token_url = origin + stand_in.token_path if stand_in.token_path else ""
    return Addresses(
        base_url=origin + stand_in.base_path,
        token_url=token_url,
        control_url=f"{origin}/_sandbox",
        port=port,
    )
