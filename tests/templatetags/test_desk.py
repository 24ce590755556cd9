"""What pages print for states, times, money and counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from campaigns.lifecycle import State

NOW = datetime(2026, 11, 24, 9, 42, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_berlin():
    with time_machine.travel(NOW, tick=False), timezone.override("Europe/Berlin"):
        yield


def render(source, **context):
    return Template("{% load desk %}" + source).render(Context(context))


@pytest.mark.parametrize("state", list(State))
def test_every_state_shows_its_word_its_key_and_an_icon(state):
    badge = render("{% state value %}", value=state.value)

    assert f'data-state="{state}"' in badge
    assert "<svg" in badge
    assert badge.endswith(f"{state.word}</span>")


def test_only_confirmed_wears_the_tick():
    icons = {state: render("{% state_icon value %}", value=state) for state in State}

    assert [s for s, drawn in icons.items() if drawn == icons[State.CONFIRMED]] == [
        State.CONFIRMED
    ]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=119), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(hours=30), "Mon 04:42"),
        (timedelta(days=30), "25 Oct"),
        (timedelta(days=400), "20 Oct 2025"),
        (timedelta(days=-2), "Thu 10:42"),
    ],
)
def test_an_age_is_minutes_hours_weekday_then_date(before, words):
    assert f">{words}</time>" in render("{% age at %}", at=NOW - before)


@pytest.mark.parametrize(
    ("at", "now", "words"),
    [
        ("2026-10-25T00:50:00Z", "2026-10-25T01:05:00Z", "15 min"),  # 02:50, 02:05
        ("2026-10-24T23:30:00Z", "2026-10-25T01:10:00Z", "1 h"),
        ("2026-03-29T00:50:00Z", "2026-03-29T01:05:00Z", "15 min"),  # 01:50, 03:05
        ("2026-10-24T01:30:00Z", "2026-10-25T01:15:00Z", "23 h"),
    ],
)
def test_an_age_is_right_in_a_night_that_changes_the_clock(at, now, words):
    with time_machine.travel(datetime.fromisoformat(now), tick=False):
        drawn = render("{% age at %}", at=datetime.fromisoformat(at))

    assert f">{words}</time>" in drawn


def test_an_hour_that_comes_twice_is_told_apart_by_its_zone():
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]

    assert ["02:30 CEST" in render("{% when at %}", at=at) for at in twice] == [1, 0]
    assert ["02:30 CET" in render("{% when at %}", at=at) for at in twice] == [0, 1]


def test_an_age_carries_the_full_moment_with_its_zone():
    drawn = render("{% age at True %}", at=NOW - timedelta(minutes=3))

    assert 'title="24 Nov 2026, 10:39 CET' in drawn
    assert 'datetime="2026-11-24T10:39:16+01:00"' in drawn
    assert ">3 min ago</time>" in drawn


def test_a_moment_that_never_came_is_said():
    assert render("{% age at %}", at=None) == "never"


def test_a_zone_without_a_name_is_said_by_its_distance():
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert "06:42 UTC-03" in render("{% when at %}", at=NOW)


def test_a_bar_has_one_part_for_each_state_and_stripes_the_open_ones():
    counts = [
        {"state": "confirmed", "count": 3},
        {"state": "sending", "count": 1},
        {"state": "clash", "count": 0},
    ]

    drawn = render("{% share counts %}", counts=counts)

    assert 'data-state="confirmed" x="0.00%" width="75.00%"' in drawn
    assert 'data-state="sending" x="75.00%" width="25.00%"' in drawn
    assert drawn.count('class="hatch"') == 1
    assert "clash" not in drawn


def test_words_from_afar_are_escaped():
    drawn = render(
        '{% include "components/diff.html" with before=a after=a %}', a="<script>"
    )

    assert "<script>" not in drawn
