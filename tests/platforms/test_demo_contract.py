"""What the demo does with every platform that has a sandbox. Knows none by name."""

import pytest
from django.core.management import call_command

from campaigns.delivery import connecting
from campaigns.gateway.standin import serve
from campaigns.models import Connection

pytestmark = pytest.mark.django_db


def test_the_demo_connects_it_with_what_the_platform_declares(
    platform, settings, tmp_path
):
    settings.VAR_DIR = tmp_path

    with serve(platform.key) as sandbox:
        call_command("demo", **{f"port_{platform.key}": sandbox.port})
        made = Connection.objects.get()
        check = connecting.test(made, None)

    assert (made.platform, made.is_sandbox) == (platform.key, True)
    assert made.name == (platform.demo_name or f"{platform.name} sandbox")
    assert check.ok, check.words
