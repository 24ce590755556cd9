"""A long made-up history, poured into the tables as they are, triggers and all.

Two years, people who came and left, a campaign that everybody works on, rare events.
"""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import count, islice

from django.db import connection, transaction

from campaigns.models import (
    AuditEntry,
    AuditField,
    AuditValue,
    Campaign,
    Connection,
    Person,
    PersonName,
)

CHUNK = 5000
BEGAN = datetime(2024, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=750)
PEOPLE, CONNECTIONS, CAMPAIGNS = 40, 20, 2000
FIELDS = ["status", "name", "objective.target", "trackingToken", "ttr", "groupId"] + [
    "jobsToInclude",
    "jobsQuery",
    "jobsLocation",
    "qtRequired",
    "maximumJobLimit.limitPerDay",
]
EVENTS = [
    ("change requested", "waiting", "screen"),
    ("sending", "sending", "system"),
    ("answered", "accepted", "system"),
    ("read back", "confirmed", "system"),
    ("change requested", "waiting", "undo"),
    ("signed in", "", "screen"),
]
RARE = [
    ("changed outside", "", "system"),
    ("answered", "rejected", "system"),
    ("compared", "clash", "system"),
    ("held", "held", "command"),
]


def world():
    """The people, connections and campaigns that the history speaks of."""
    manager = Person.objects.create_user("bench@example.com", "x", is_manager=True)
    PersonName.objects.bulk_create(
        PersonName(person_id=key, name=f"Person {key}") for key in range(1, PEOPLE)
    )
    made = [
        Connection.objects.create(
            platform="indeed" if key % 2 else "microworkers",
            name=f"Connection {key}",
            base_url="http://127.0.0.1:9",
        )
        for key in range(CONNECTIONS)
    ]
    campaigns = [
        Campaign(connection=made[key % CONNECTIONS], remote_id=str(key), name=name(key))
        for key in range(CAMPAIGNS)
    ]
    return manager, Campaign.objects.bulk_create(campaigns)


def name(key):
    return f"Registered nurses, ward {key}, night shift"


def fill(entries, campaigns):
    """Pour so many entries in, oldest first; each chunk is one transaction."""
    chance, numbers = random.Random(7), {}
    made = (
        entry(key, entries, chance, numbers, campaigns) for key in range(1, entries + 1)
    )
    fields, values = count(1), count(1)
    while chunk := list(islice(made, CHUNK)):
        with transaction.atomic(), connection.cursor() as cursor:
            pour(cursor, AuditEntry, [row for row, _ in chunk])
            told = [(row[0], row[11], *pair) for row, pairs in chunk for pair in pairs]
            named = [(next(fields), key, field) for key, _, field, _ in told]
            pour(cursor, AuditField, named)
            shown = [
                (next(values), key, campaign, field, value)
                for key, campaign, field, pair in told
                for value in pair
            ]
            pour(cursor, AuditValue, shown)
    settle()


def entry(key, entries, chance, numbers, campaigns):
    """One row of each column, and the fields it names with their values."""
    share = key / entries
    event, state, channel = chance.choice(RARE if chance.random() < 0.01 else EVENTS)
    at = BEGAN + SPAN * share
    person = who(chance, share) if channel != "system" else None
    campaign = None if event == "signed in" else where(chance, campaigns)
    stream = f"campaign:{campaign.pk}" if campaign else f"user:{person}"
    numbers[stream] = number = numbers.get(stream, 0) + 1
    told = what(chance) if campaign else []
    connection_id = campaign.connection_id if campaign else None
    body = spelled(stream, number, event, at, person, campaign, state, told, channel)
    leaf = hashlib.sha256(b"\0" + body.encode()).hexdigest()
    found = (at, event, state, channel, person, campaign and campaign.pk)
    row = (key, stream, number, body, leaf, 1, *found, connection_id, key // 4)
    return row, told


def who(chance, share):
    """Person 1 left after a tenth of the time, person 2 came after nine."""
    if share < 0.1 and chance.random() < 0.3:
        return 1
    return 2 if share > 0.9 and chance.random() < 0.3 else chance.randint(3, PEOPLE)


def where(chance, campaigns):
    """The first campaign has a twentieth of all there is."""
    return campaigns[0] if chance.random() < 0.05 else chance.choice(campaigns)


def what(chance):
    field = chance.choice(FIELDS)
    return [(field, (f"{chance.randint(1, 400)}.00 usd", f"{chance.randint(1, 400)}"))]


def spelled(stream, number, event, at, person, campaign, state, told, channel):
    fields = [
        {
            "field": field,
            "label": field,
            "seen": before,
            "wanted": after,
            "seen_text": before,
            "wanted_text": after,
            "state": state,
            "origin": "touched",
            "says": "",
        }
        for field, (before, after) in told
    ]
    body = {
        "at": at.isoformat(timespec="microseconds"),
        "campaign": campaign
        and {"id": campaign.pk, "name": campaign.name, "remote_id": campaign.remote_id},
        "change": 1,
        "channel": channel,
        "connection": campaign
        and {
            "id": campaign.connection_id,
            "name": campaign.connection.name,
            "platform": campaign.connection.platform,
        },
        "event": event,
        "facts": {"title": f"Plan of week {number % 52}"},
        "fields": fields,
        "number": number,
        "person": person,
        "reason": f"Second half of the plan signed off in week {number % 52}",
        "request": "",
        "state": state,
        "stream": stream,
        "version": 1,
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


COLUMNS = {
    AuditEntry: "id stream number body leaf schema_version at event state channel "
    "person_id campaign_id connection_id change_id",
    AuditField: "id entry_id field",
    AuditValue: "id entry_id campaign_id field value",
}


def pour(cursor, model, rows):
    columns = COLUMNS[model].split()
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        cursor.executemany(sql, ([stored(each) for each in row] for row in rows))
        return
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def stored(value):
    """What SQLite is given: Django keeps a moment as text without its zone."""
    is_moment = isinstance(value, datetime)
    return connection.ops.adapt_datetimefield_value(value) if is_moment else value


def settle():
    """What autovacuum would have done by now; SQLite is left as it is."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
