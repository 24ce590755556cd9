"""Mark what a stop holds, so that a release that was interrupted is finished.

A change that was asked for while its connection was on hold waited for no person and
was marked by nothing: it is marked here. What else is Held the next release marks.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from campaigns.audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def drop(apps, schema_editor):
    triggers.drop(schema_editor.connection)


def mark(apps, schema_editor):
    campaigns = apps.get_model("campaigns", "Campaign").objects
    whose = campaigns.filter(pk=OuterRef("campaign_id")).values("connection_id")[:1]
    held = apps.get_model("campaigns", "Change").objects.filter(state="held")
    held.filter(waits_for_person=False).update(held_with=Subquery(whose))


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0010_archived_months"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install),
        migrations.AddField(
            model_name="change",
            name="held_with",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.connection",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("held_with__isnull", False)),
                fields=["held_with"],
                name="changes_held_with",
            ),
        ),
        migrations.RunPython(install, drop),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
