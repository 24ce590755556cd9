import pytest

from campaigns.gateway.standin import serve
from tests.sandbox.talk import Talk, signed_in


@pytest.fixture
def indeed():
    with serve("indeed") as sandbox:
        yield sandbox


@pytest.fixture
def microworkers():
    with serve("microworkers") as sandbox:
        yield sandbox


@pytest.fixture
def api(indeed):
    return signed_in(indeed)


@pytest.fixture
def hire(microworkers):
    return Talk(microworkers, MicroworkersApiKey="demo-key")
