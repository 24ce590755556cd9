from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from campaigns.gateway.contract import Token, Unavailable
from campaigns.gateway.tokens import MemoryTokens

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def test_many_who_find_no_token_fetch_one():
    tokens, fetched, together = MemoryTokens(), [], Barrier(8)

    def renew(_):
        together.wait(5)
        return tokens.renew(None, lambda: fetched.append(1) or Token("one", LATER))

    with ThreadPoolExecutor(8) as pool:
        found = {token.value for token in pool.map(renew, range(8))}

    assert (found, len(fetched)) == ({"one"}, 1)


def test_a_token_that_somebody_renewed_is_taken_over():
    tokens = MemoryTokens()
    tokens.renew(None, lambda: Token("new", LATER))

    assert tokens.renew("old", lambda: pytest.fail("fetched")).value == "new"


def test_a_failed_fetch_passes_through_and_keeps_the_door_open():
    tokens = MemoryTokens()
    with pytest.raises(Unavailable):
        tokens.renew(None, lambda: (_ for _ in ()).throw(Unavailable("no")))

    assert tokens.renew(None, lambda: Token("new", LATER)).value == "new"


def test_a_token_s_text_is_in_no_representation():
    assert "hidden-text" not in repr(Token("hidden-text", LATER))
