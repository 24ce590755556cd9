"""Platforms are found, not listed."""

import sys

import pytest

from campaigns import platforms, registry
from campaigns.gateway.contract import Platform


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty folder in which platforms are looked for, too."""
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    registry._found.cache_clear()
    yield tmp_path
    registry._found.cache_clear()
    for name in [name for name in sys.modules if ".platforms.broken" in name]:
        del sys.modules[name]


def test_every_package_under_platforms_is_a_platform():
    keys = [platform.key for platform in registry.all()]

    assert keys == sorted(keys)
    assert {"indeed", "microworkers"} <= set(keys)
    assert all(isinstance(platform, Platform) for platform in registry.all())


def test_a_platform_is_known_by_its_key():
    assert registry.get("indeed").name == "Indeed Sponsored Jobs"


def test_an_unknown_key_is_told_as_such():
    with pytest.raises(registry.UnknownPlatform, match="nowhere"):
        registry.get("nowhere")


@pytest.mark.parametrize("code", ["", "platform = 7\n", "from x_missing import y\n"])
def test_a_package_that_is_no_platform_is_an_error_at_once(shelf, code):
    (shelf / "broken").mkdir()
    (shelf / "broken" / "__init__.py").write_text(code)

    with pytest.raises((registry.IncompletePlatform, ImportError)):
        registry.all()


def test_a_package_under_a_wrong_name_is_an_error(shelf):
    (shelf / "broken").mkdir()
    text = "from campaigns.platforms.indeed import platform\n"
    (shelf / "broken" / "__init__.py").write_text(text)

    with pytest.raises(registry.IncompletePlatform, match="broken"):
        registry.all()
