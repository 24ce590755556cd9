"""Tries a session of the pool before it is used; the server may have ended it.

The pool can do so itself, but rests between two dead ones, a second and then longer:
after a restart of the server a page would wait for as many seconds as sessions were
kept. Here the first dead one has the others looked at, and thrown away, at once.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

TRIES = 3
"""Sessions that were in use meanwhile may come back dead, too."""


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of Django's, from the pool of its process."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A session that the server has not ended. Raises `OperationalError`."""
        found = super().get_new_connection(conn_params)
        for _ in range(TRIES):
            if self.pool is None or _lives(found):
                break
            self.pool.putconn(found)
            self.pool.check()
            found = super().get_new_connection(conn_params)
        return found


def _lives(session: Any) -> bool:
    try:
        ConnectionPool.check_connection(session)
    except OperationalError:
        return False
    return True
