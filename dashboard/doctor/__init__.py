"""What is well, what is stuck and why: one answer for the command and for the page.

Looks only, never mends, and never asks a platform.
"""

from django.db import DatabaseError

from dashboard.doctor import broker, history, installation, workers, works
from dashboard.doctor.finding import Finding, Level, note, well, wrong

__all__ = ["Finding", "Level", "examine", "is_well", "note", "well", "wrong"]

CHECKS = (
    installation.look_at_database,
    installation.look_at_migrations,
    installation.look_at_triggers,
    installation.look_at_keys,
    broker.look_at_redis,
    installation.look_at_disk,
    installation.look_at_demo_people,
    workers.look_at_beats,
    workers.look_at_leases,
    works.look_at_lanes,
    works.look_at_doubt,
    works.look_at_holds,
    works.look_at_breakers,
    works.look_at_reading,
    works.look_at_mails,
    history.look_at_seals,
    history.look_at_verification,
)


def examine() -> list[Finding]:
    """Every finding, in the order in which one would look."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check()
        except DatabaseError as error:
            kind = type(error).__name__
            words = f"The database did not answer the question ({kind})."
            return [*found, wrong("Database", words, "Start it, or migrate it.")]
    return found


def is_well(findings: list[Finding]) -> bool:
    """Whether nothing is wrong; notes are allowed."""
    return all(finding.level != Level.WRONG for finding in findings)
