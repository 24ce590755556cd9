"""Drop what no edit writes or reads any more: where a draft came from, and when."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_change_created"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="draft",
            name="origin_change",
        ),
        migrations.RemoveField(
            model_name="draft",
            name="updated_at",
        ),
    ]
