"""Connections: added, changed, held, archived. Each act leaves its audit entry.

`by` is who acts; None on the command line and for Campaign Desk itself. What cannot
be done is a `ValidationError` by field. Knows no platform and calls nobody.
"""

from campaigns.connections.details import Details, details_of
from campaigns.connections.keeping import (
    add,
    change,
    record_test,
    set_credentials,
    sync_soon,
)
from campaigns.connections.stopping import archive, hold, release

__all__ = [
    "Details",
    "add",
    "archive",
    "change",
    "details_of",
    "hold",
    "record_test",
    "release",
    "set_credentials",
    "sync_soon",
]
