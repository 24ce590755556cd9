"""Index the values of entries that were written before there was such an index."""

import json

from django.db import migrations

BATCH = 2000


def index_values(apps, schema_editor):
    entries = apps.get_model("campaigns", "AuditEntry").objects.order_by("pk")
    values = apps.get_model("campaigns", "AuditValue").objects
    last = 0
    while batch := list(entries.filter(pk__gt=last)[:BATCH]):
        values.bulk_create(
            values.model(
                entry_id=entry.pk,
                campaign_id=entry.campaign_id,
                field=field,
                value=value,
            )
            for entry in batch
            for field, value in spoken_of(json.loads(entry.body))
        )
        last = batch[-1].pk


def spoken_of(body):
    shown = [
        (told["field"], (told.get(side) or "").strip().casefold()[:80])
        for told in body["fields"]
        for side in ("seen_text", "wanted_text")
    ]
    with_value = {field for field, value in shown if value}
    return dict.fromkeys(
        (field, value) for field, value in shown if value or field not in with_value
    )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_desk"),
    ]

    operations = [
        migrations.RunPython(index_values, migrations.RunPython.noop),
    ]
