"""What entries alone say of any moment is what the tables held at that moment."""

import pytest

from campaigns.planning import as_of
from tests.planning.played import Played

pytestmark = pytest.mark.django_db
ACTS = 60


def values(told):
    return {path: known.value for path, known in told.items()}


@pytest.mark.parametrize("platform", ["indeed", "microworkers"])
@pytest.mark.parametrize("seed", range(9))
def test_replay_gives_the_stored_state_at_every_moment(platform, seed):
    played = Played(platform, seed)
    noted = played.play(ACTS)
    fields = played.platform.form.declared()

    told = [as_of.state_at(played.campaign, fields, moment) for moment, _ in noted]

    assert [values(each) for each in told] == [stored for _, stored in noted]


@pytest.mark.parametrize("platform", ["indeed", "microworkers"])
def test_a_history_longer_than_the_window_tells_the_same(platform):
    played = Played(platform, seed=100)
    played.play(ACTS)
    fields, now = played.platform.form.declared(), played.now()

    whole = as_of.state_at(played.campaign, fields, now)
    partly = as_of.state_at(played.campaign, fields, now, window=6)

    assert values(partly) == values(whole)
