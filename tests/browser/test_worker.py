"""The worker dies under an edit: it comes back, and the edit still arrives."""

import psutil
import pytest

from tests.services import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PICKERS = "Retail associates, holiday peak"


def test_an_edit_survives_the_death_of_its_worker(desk, visit, complaints):
    mara = visit()
    mara.open(PICKERS)
    mara.type("name", "Retail associates, January sales")
    mara.review()

    killed = desk.kill("celery")
    wait_until(lambda: not psutil.pid_exists(killed) or gone(killed), "a death")
    mara.send()

    mara.sees("name", "confirmed", 60_000)
    assert desk.pid_of("celery") not in (None, killed)
    assert complaints == []


def gone(pid):
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
