"""Whether the tables are those of this program. Where they are not, no worker works.

An old worker does not know what newer tables mean; a new one relies on what older
tables lack. docs/decisions/0009 says why it waits. Looks only, never migrates.
"""

import pkgutil
from functools import cache
from importlib import import_module

import structlog
from django.db.migrations.recorder import MigrationRecorder

APP = "campaigns"
NEWER = (
    "The tables are newer than this program: it does not know {names}. It does no work "
    "before it is updated, and started again."
)
OLDER = "The tables are older than this program: they lack {names}."

log = structlog.get_logger(__name__)


class _Told:
    says = ""


@cache
def known() -> tuple[frozenset[str], frozenset[str]]:
    """The migrations of this program, and what they have replaced.

    Asked for first when the process starts: later the files may be newer ones.
    """
    package = import_module(f"{APP}.migrations")
    ours = frozenset(found.name for found in pkgutil.iter_modules(package.__path__))
    made = [import_module(f"{package.__name__}.{name}").Migration for name in ours]
    replaced = frozenset(name for one in made for _, name in one.replaces)
    return ours, replaced


def unknown(database: str = "default") -> list[str]:
    """Applied migrations that this program does not have. Raises `DatabaseError`."""
    ours, replaced = known()
    return sorted(_applied(database) - ours - replaced)


def objection() -> str:
    """Why this program must not work on these tables; "" when it may."""
    ours, replaced = known()
    applied = _applied("default")
    if newer := applied - ours - replaced:
        return NEWER.format(names=", ".join(sorted(newer)))
    if older := ours - applied:
        return OLDER.format(names=", ".join(sorted(older)))
    return ""


def fit() -> bool:
    """Whether work may begin; a change of the answer is logged."""
    says = objection()
    if says and says != _Told.says:
        log.critical("no work is done on these tables", says=says)
    elif _Told.says and not says:
        log.info("the tables fit again")
    _Told.says = says
    return not says


def _applied(database: str) -> set[str]:
    rows = MigrationRecorder.Migration.objects.using(database).filter(app=APP)
    return set(rows.values_list("name", flat=True))
