"""Ways to tamper with each table of the history, and what has to be found."""

ENTRY, FIELD = "campaigns_auditentry", "campaigns_auditfield"
VALUE = "campaigns_auditvalue"
SEAL, NODE = "campaigns_seal", "campaigns_sealnode"
CHECKPOINT, ANCHOR = "campaigns_checkpoint", "campaigns_anchor"
STREAM = "campaigns_auditstream"
COLUMNS = {
    "schema_version": "2",
    "at": "'2020-01-01 00:00:00+00:00'",
    "event": "'held'",
    "state": "'confirmed'",
    "channel": "'screen'",
    "person_id": "77",
    "campaign_id": "77",
    "connection_id": "77",
    "change_id": "77",
}
"""Search columns, each with a value that no entry here tells, as SQL."""


def at(position):
    return f"(SELECT entry_id FROM {SEAL} WHERE position = {position})"


def swap(table, columns, key, first, second):
    """Exchange columns of two rows, through values of neither."""
    chosen = ", ".join(
        f"{c} = (SELECT {c} FROM {table}_copy o WHERE o.{key} <> {table}.{key})"
        for c in columns
    )
    return [
        f"CREATE TEMP TABLE {table}_copy AS SELECT * FROM {table} "
        f"WHERE {key} IN ({first}, {second})",
        f"UPDATE {table} SET {chosen} WHERE {key} IN ({first}, {second})",
        f"DROP TABLE {table}_copy",
    ]


INSERT_ENTRY = f"""
    INSERT INTO {ENTRY} (id, stream, number, body, leaf, schema_version, at, event,
        state, channel)
    SELECT id + 100000, stream, {{}}, body, leaf, 1, at, event, '', ''
    FROM {ENTRY} WHERE id = {at(5)}"""


# name: (statements, kind that must be found, what its place must name)
PLAIN = {
    # 1 one changed byte
    "byte of a body": (
        [
            f"UPDATE {ENTRY} SET body = replace(body, 'tested', 'Tested') "
            f"WHERE id = {at(5)}"
        ],
        "changed entry",
        "position 5",
    ),
    "byte of an entry's leaf": (
        [f"UPDATE {ENTRY} SET leaf = '00' || substr(leaf, 3) WHERE id = {at(5)}"],
        "changed leaf",
        "position 5",
    ),
    "byte of a seal": (
        [f"UPDATE {SEAL} SET leaf = '00' || substr(leaf, 3) WHERE position = 5"],
        "changed entry",
        "position 5",
    ),
    "byte of a node": (
        [f"UPDATE {NODE} SET hash = '00' || substr(hash, 3)"],
        "changed node",
        "node 0 of level 8",
    ),
    "byte of a root": (
        [f"UPDATE {CHECKPOINT} SET root = '00' || substr(root, 3) WHERE size = 7"],
        "another root",
        "checkpoint 7",
    ),
    "byte of an edge": (
        [f"UPDATE {CHECKPOINT} SET edge = '00' || substr(edge, 3) WHERE size = 7"],
        "changed checkpoint",
        "checkpoint 7",
    ),
    "byte of a note": (
        [f"UPDATE {CHECKPOINT} SET note = replace(note, '7', '8') WHERE size = 7"],
        "changed checkpoint",
        "checkpoint 7",
    ),
    "byte of a signature": (
        [
            f"UPDATE {CHECKPOINT} SET note = substr(note, 1, length(note) - 9) || "
            "'AAAAAA==' || substr(note, length(note)) WHERE size = 7"
        ],
        "wrong signature",
        "checkpoint 7",
    ),
    "byte of an anchor": (
        [f"UPDATE {ANCHOR} SET root = '00' || substr(root, 3)"],
        "anchor not kept",
        "anchor",
    ),
    # 2 a removed row
    "entry removed": (
        [f"DELETE FROM {ENTRY} WHERE id = {at(5)}"],
        "removed entry",
        "position 5",
    ),
    "entry and seal removed": (
        [
            f"DELETE FROM {ENTRY} WHERE id = {at(5)}",
            f"DELETE FROM {SEAL} WHERE position = 5",
        ],
        "missing seal",
        "position 5",
    ),
    "entry and seal removed, later ones moved up": (
        [
            f"DELETE FROM {ENTRY} WHERE id = {at(5)}",
            f"DELETE FROM {SEAL} WHERE position = 5",
            f"UPDATE {SEAL} SET position = position + 1000000 WHERE position > 5",
            f"UPDATE {SEAL} SET position = position - 1000001 WHERE position > 1000",
        ],
        "another root",
        "checkpoint 7",
    ),
    "seal removed": (
        [f"DELETE FROM {SEAL} WHERE position = 5"],
        "missing seal",
        "position 5",
    ),
    "field removed": (
        [f"DELETE FROM {FIELD} WHERE entry_id = {at(2)}"],
        "changed field index",
        "position 2",
    ),
    "value removed": (
        [f"DELETE FROM {VALUE} WHERE entry_id = {at(2)}"],
        "changed field index",
        "position 2",
    ),
    "node removed": ([f"DELETE FROM {NODE}"], "changed node", "node 0 of level 8"),
    "checkpoint removed": (
        [f"DELETE FROM {CHECKPOINT} WHERE size = 7"],
        "changed checkpoint",
        "checkpoint 261",
    ),
    "last checkpoint removed": (
        [f"DELETE FROM {CHECKPOINT} WHERE size = 261"],
        "seal without checkpoint",
        "position 7",
    ),
    "stream removed": (
        [f"DELETE FROM {STREAM} WHERE name = 'campaign:901'"],
        "broken stream",
        "campaign:901",
    ),
    # 3 an inserted row
    "entry inserted": ([INSERT_ENTRY.format(900)], "broken stream", "campaign:900 54"),
    "entry inserted with a seal": (
        [
            INSERT_ENTRY.format(900),
            f"INSERT INTO {SEAL} (position, entry_id, leaf) SELECT 261, id, leaf "
            f"FROM {ENTRY} WHERE number = 900",
        ],
        "seal without checkpoint",
        "position 261",
    ),
    "field inserted": (
        [
            f"INSERT INTO {FIELD} (id, entry_id, field) SELECT 999999, id, 'name' "
            f"FROM {ENTRY} WHERE id = {at(5)}"
        ],
        "changed field index",
        "position 5",
    ),
    "value inserted": (
        [
            f"INSERT INTO {VALUE} (id, entry_id, field, value) "
            f"SELECT 999999, id, 'name', 'x' FROM {ENTRY} WHERE id = {at(5)}"
        ],
        "changed field index",
        "position 5",
    ),
    "node inserted": (
        [
            f'INSERT INTO {NODE} (id, level, "index", hash) '
            f'SELECT id + 1, 16, "index", hash FROM {NODE}'
        ],
        "changed node",
        "node",
    ),
    "checkpoint inserted": (
        [
            f"INSERT INTO {CHECKPOINT} (size, previous, root, edge, note, key, at) "
            f"SELECT 5, 0, root, edge, note, key, at FROM {CHECKPOINT} WHERE size = 7"
        ],
        "changed checkpoint",
        "checkpoint 5",
    ),
    "anchor inserted": (
        [
            f"INSERT INTO {ANCHOR} (id, kind, place, size, root, at) "
            f"SELECT id + 1, kind, place, 900, root, at FROM {ANCHOR}"
        ],
        "anchor not kept",
        "anchor",
    ),
    # 4 two swapped rows
    "bodies swapped": (
        swap(ENTRY, ["body"], "id", at(4), at(5)),
        "changed entry",
        "position 4",
    ),
    "texts and leaves swapped": (
        swap(ENTRY, ["body", "leaf"], "id", at(4), at(5)),
        "changed entry",
        "position 4",
    ),
    "seals and entries swapped": (
        [
            f"UPDATE {SEAL} SET position = 4000 WHERE position = 4",
            f"UPDATE {SEAL} SET position = 4 WHERE position = 5",
            f"UPDATE {SEAL} SET position = 5 WHERE position = 4000",
        ],
        "another root",
        "checkpoint 7",
    ),
    # 5 a cut tail
    "tail of seals cut": (
        [f"DELETE FROM {SEAL} WHERE position > 200"],
        "missing seal",
        "position 201",
    ),
    "tail of entries cut": (
        [
            f"DELETE FROM {ENTRY} WHERE id IN "
            f"(SELECT entry_id FROM {SEAL} WHERE position > 200)"
        ],
        "removed entry",
        "position 201",
    ),
    # 9 a changed search column, and what else is found by
    **{
        f"column {column}": (
            [f"UPDATE {ENTRY} SET {column} = {value} WHERE id = {at(5)}"],
            "changed search column",
            "position 5",
        )
        for column, value in (COLUMNS | {"number": "900"}).items()
    },
    "field renamed": (
        [f"UPDATE {FIELD} SET field = 'name' WHERE entry_id = {at(2)}"],
        "changed field index",
        "position 2",
    ),
    **{
        f"{column} of a value": (
            [f"UPDATE {VALUE} SET {column} = {text} WHERE entry_id = {at(2)}"],
            "changed field index",
            "position 2",
        )
        for column, text in {
            "value": "'x'",
            "field": "'name'",
            "campaign_id": "77",
        }.items()
    },
    "key of a checkpoint": (
        [f"UPDATE {CHECKPOINT} SET key = 'x' WHERE size = 7"],
        "changed checkpoint",
        "checkpoint 7",
    ),
    "state of a change": (
        ["UPDATE campaigns_change SET state = 'confirmed'"],
        "state without its entry",
        "change",
    ),
    "state and entry of a change": (
        [
            "UPDATE campaigns_change SET state = 'waiting', entry_id = "
            f"(SELECT MIN(id) FROM {ENTRY} WHERE state = 'waiting')"
        ],
        "state without its entry",
        "change",
    ),
    "state of a field": (
        ["UPDATE campaigns_fieldchange SET state = 'confirmed'"],
        "state without its entry",
        "ttr of change",
    ),
    "wanted value of a field": (
        ["UPDATE campaigns_fieldchange SET wanted = '99'"],
        "state without its entry",
        "ttr of change",
    ),
    "older entry of a field": (
        [f"UPDATE campaigns_fieldchange SET entry_id = (SELECT MIN(id) FROM {ENTRY})"],
        "state without its entry",
        "ttr of change",
    ),
    "field of a change removed": (
        ["DELETE FROM campaigns_fieldchange"],
        "state without its entry",
        "change",
    ),
    "change removed": (
        ["DELETE FROM campaigns_fieldchange", "DELETE FROM campaigns_change"],
        "state without its entry",
        "it is gone",
    ),
    # 11 a removed stream entry, hidden where the stream counts itself
    "stream entry removed and counted out": (
        [
            f"DELETE FROM {ENTRY} WHERE id = {at(5)}",
            f"UPDATE {STREAM} SET last_number = last_number - 1 "
            "WHERE name = 'campaign:900'",
        ],
        "broken stream",
        "campaign:900 2",
    ),
    "number of a stream": (
        [f"UPDATE {STREAM} SET last_number = 900 WHERE name = 'campaign:901'"],
        "broken stream",
        "campaign:901",
    ),
}
