"""A campaign with a past that can go back."""

import pytest

from campaigns import documents
from campaigns.lifecycle import State
from tests.asked import ask, edit


@pytest.fixture
def story(nurses, mara):
    """Renames the campaign as delivery would: a change in a state, and the value."""

    def write(before, after, state=State.CONFIRMED, field="name", **words_):
        texts = (documents.canonical(before), documents.canonical(after))
        shown = {"label": field, "seen_text": str(before), "wanted_text": str(after)}
        one = edit(field, *texts, **(shown | words_))
        change = ask(state, campaign=nurses, person=mara, edits=[one])
        kept = documents.put(documents.loads(nurses.document), field, after)
        nurses.document = documents.wire(kept)
        nurses.save(update_fields=["document"])
        return change

    return write
