"""What the database itself refuses: changed history, a state without its entry.

The one thing that may leave is the text of an entry whose month lies in an archive,
with the rows that find it. The same promises on SQLite and PostgreSQL. Any migration
that rebuilds one of these tables on SQLite must install the triggers again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_HISTORY = {
    "campaigns_auditentry": "id",
    "campaigns_auditfield": "id",
    "campaigns_auditvalue": "id",
    "campaigns_seal": "position",
    "campaigns_sealnode": "id",
    "campaigns_checkpoint": "size",
    "campaigns_anchor": "id",
    "campaigns_archivedmonth": "month",
}
"""The append-only tables, and what numbers their rows."""

STAYS = (
    "id",
    "stream",
    "number",
    "leaf",
    "schema_version",
    "at",
    "event",
    "state",
    "channel",
    "person_id",
    "campaign_id",
    "connection_id",
    "change_id",
)
"""Every column of an entry but its text."""
_IS_ARCHIVED = """EXISTS (SELECT 1 FROM campaigns_seal s JOIN campaigns_archivedmonth m
    ON s.position >= m."first" AND s.position < m."end" WHERE s.entry_id = OLD.id)"""
_HAS_NO_TEXT = """EXISTS (SELECT 1 FROM campaigns_auditentry e
    WHERE e.id = OLD.entry_id AND e.body = '')"""
_ARCHIVES = "campaigns_archivedmonth"

_CHANGE_HAS_ENTRY = """
    SELECT 1 FROM campaigns_auditentry e WHERE e.id = NEW.entry_id
    AND e.change_id = NEW.id AND e.state = NEW.state"""
_FIELD_HAS_ENTRY = """
    SELECT 1 FROM campaigns_auditentry e WHERE e.id = NEW.entry_id
    AND e.change_id = NEW.change_id"""
_STATES = (
    ("campaigns_change", _CHANGE_HAS_ENTRY),
    ("campaigns_fieldchange", _FIELD_HAS_ENTRY),
)
_NO_ENTRY = "a state needs its own audit entry"
_NO_DRAFT = "a row begins as a draft"
_APPEND_ONLY = "the audit history is append-only"


def _allowed(same: str, has_archives: bool) -> dict[tuple[str, str], str]:
    """What may still happen to a row, by table and verb; `same` compares with NULLs."""
    if not has_archives:
        return {}
    stays = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in STAYS)
    text = f"NEW.body {same} '' AND OLD.body <> '' AND {stays} AND {_IS_ARCHIVED}"
    return {
        ("campaigns_auditentry", "UPDATE"): text,
        ("campaigns_auditfield", "DELETE"): _HAS_NO_TEXT,
        ("campaigns_auditvalue", "DELETE"): _HAS_NO_TEXT,
    }


def _sqlite(has_archives: bool) -> dict[str, str]:
    made = {}
    allowed = _allowed("IS", has_archives)
    for table, key in _HISTORY.items():
        for verb in ("UPDATE", "DELETE"):
            but = allowed.get((table, verb))
            when = f"WHEN NOT ({but}) " if but else ""
            made[f"{table}_no_{verb.lower()}"] = (
                f"BEFORE {verb} ON {table} {when}BEGIN "
                f"SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END"
            )
        made[f"{table}_no_replace"] = (
            f"BEFORE INSERT ON {table} WHEN NEW.{key} IS NOT NULL AND EXISTS "  # noqa: S608
            f"(SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END"
        )
    for table, has_entry in _STATES:
        made[f"{table}_state_has_entry"] = (
            f"BEFORE UPDATE OF state ON {table} WHEN NEW.state <> OLD.state "
            f"AND (NEW.entry_id IS OLD.entry_id OR NOT EXISTS ({has_entry})) "
            f"BEGIN SELECT RAISE(ABORT, '{_NO_ENTRY}'); END"
        )
        made[f"{table}_begins_as_draft"] = (
            f"BEFORE INSERT ON {table} WHEN NEW.state <> 'draft' "
            f"BEGIN SELECT RAISE(ABORT, '{_NO_DRAFT}'); END"
        )
    return made


def _postgresql(has_archives: bool) -> dict[str, tuple[str, str, str]]:
    """Name to (table, timing, body of its function)."""
    made = {}
    refuse = f"RAISE EXCEPTION '{_APPEND_ONLY}';"
    allowed = _allowed("IS NOT DISTINCT FROM", has_archives)
    for table in _HISTORY:
        unless = "".join(
            f"IF TG_OP = '{verb}' THEN IF {allowed[table, verb]} THEN "
            f"RETURN {row}; END IF; END IF; "
            for verb, row in (("UPDATE", "NEW"), ("DELETE", "OLD"))
            if (table, verb) in allowed
        )
        made[f"{table}_no_change"] = (
            table,
            "BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW",
            unless + refuse,
        )
        made[f"{table}_no_truncate"] = (
            table,
            "BEFORE TRUNCATE ON {t} FOR EACH STATEMENT",
            refuse,
        )
    for table, has_entry in _STATES:
        made[f"{table}_state_has_entry"] = (
            table,
            "BEFORE UPDATE OF state ON {t} FOR EACH ROW",
            "IF NEW.state <> OLD.state AND (NEW.entry_id IS NOT DISTINCT FROM "
            f"OLD.entry_id OR NOT EXISTS ({has_entry})) THEN "
            f"RAISE EXCEPTION '{_NO_ENTRY}'; END IF; RETURN NEW;",
        )
        made[f"{table}_begins_as_draft"] = (
            table,
            "BEFORE INSERT ON {t} FOR EACH ROW",
            f"IF NEW.state <> 'draft' THEN RAISE EXCEPTION '{_NO_DRAFT}'; "
            "END IF; RETURN NEW;",
        )
    return made


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger anew on the tables there are. Safe to call again."""
    drop(connection)
    tables = _tables(connection)
    has_archives = _ARCHIVES in tables
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, body in _sqlite(has_archives).items():
                if body.split(" ON ")[1].split()[0] in tables:
                    cursor.execute(f"CREATE TRIGGER {name} {body}")
            return
        for name, (table, timing, body) in _postgresql(has_archives).items():
            if table in tables:
                cursor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN {body} END $$"
                )
                cursor.execute(
                    f"CREATE TRIGGER {name} {timing.format(t=table)} "
                    f"EXECUTE FUNCTION {name}()"
                )
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove every trigger: for rebuilding a table, and for tests that flush."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite(True):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name in _postgresql(True):
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are not there, or not as they should be."""
    has_archives = _ARCHIVES in _tables(connection)
    if connection.vendor == "sqlite":
        return _missing_on_sqlite(connection, has_archives)
    wanted = {
        name: (table, _moments(timing), f" BEGIN {body} END ")
        for name, (table, timing, body) in _postgresql(has_archives).items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgtype, p.prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgenabled = 'A' AND t.tgqual IS NULL "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
        there = {name: tuple(rest) for name, *rest in cursor.fetchall()}
    return [name for name, made in wanted.items() if there.get(name) != made]


def _missing_on_sqlite(
    connection: BaseDatabaseWrapper, has_archives: bool
) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'")
        there = dict(cursor.fetchall())
    return [
        name
        for name, body in _sqlite(has_archives).items()
        if there.get(name) != f"CREATE TRIGGER {name} {body}"
    ]


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables there are: archives came later than the first triggers."""
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _moments(timing: str) -> int:
    """What PostgreSQL makes of BEFORE …: the bits of pg_trigger.tgtype."""
    bits = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16}
    words = timing.split()
    return sum(bits.get(word, 0) for word in words) + 32 * ("TRUNCATE" in words)
