"""Takes hints off Redis, whatever else somebody has laid there.

Hints may all be lost, so nothing that Redis holds may end a worker: its poller delivers
without any. What is no hint is thrown away; what breaks the line opens it anew.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from celery.worker.consumer import Consumer

PAUSE = 1.0
"""Seconds before a line is opened anew: what lies there may lie there for long."""

Errors = tuple[type[Exception], ...]

log = structlog.get_logger(__name__)


class Patient(Consumer):
    """Celery's own consumer, for which every failure is a broken line to Redis."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lost: Errors = self.connection_errors
        self.connection_errors: Errors = (*self.lost, Exception)

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Any], None]:
        """Handle one message; drop it where nobody can, or it would come back."""
        handle = super().create_task_handler(*args, **kwargs)

        def handle_or_drop(message: Any) -> None:
            try:
                handle(message)
            except self.lost:
                raise
            except Exception as error:  # noqa: BLE001  whatever was laid there
                log.warning("message dropped", error=type(error).__name__)
                message.reject()

        return handle_or_drop

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Close the line; rest first where it broke over what lies in Redis."""
        if not isinstance(exc, self.lost):
            time.sleep(PAUSE)
        super().on_connection_error_after_connected(exc)
