"""Months of the history may lie in archives; texts that do may leave the database."""

import django.db.models.deletion
from django.db import migrations, models

from campaigns.audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def drop(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0009_one_connection_per_account"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install),
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                (
                    "month",
                    models.CharField(max_length=7, primary_key=True, serialize=False),
                ),
                ("first", models.PositiveBigIntegerField()),
                ("end", models.PositiveBigIntegerField()),
                ("file", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.auditentry",
                    ),
                ),
            ],
        ),
        migrations.RunPython(install, drop),
    ]
