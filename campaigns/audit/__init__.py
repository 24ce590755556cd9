"""The audit history: entries are appended here and nowhere else."""

from campaigns.audit.entries import (
    SCHEMA_VERSION,
    Event,
    Told,
    append,
    indexed_values,
    leaf,
    remember_name,
)

__all__ = [
    "SCHEMA_VERSION",
    "Event",
    "Told",
    "append",
    "indexed_values",
    "leaf",
    "remember_name",
]
