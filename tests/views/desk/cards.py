"""The review desk as a reviewer asks for it, and acts on its cards."""

from campaigns import clock, queries, reviews


def see(client, **asked):
    response = client.get("/desk/", asked)
    assert response.status_code == 200
    return response


def listed(client, **asked):
    return [card.change_set.pk for card in see(client, **asked).context["cards"]]


def chips(client):
    (card,) = see(client).context["cards"]
    return {chip.risk.name for chip in card.chips} - {"LATE"}


def mark(client, change, verdict="reviewed", **posted):
    posted = {"verdict": verdict, "seen": change.entry_id, **posted}
    return client.post(f"/desk/{change.change_set_id}/mark", posted)


def question(change, by, text="Why?"):
    return reviews.ask(change.change_set, by, text)


def pile(change, person):
    return queries.find_sets(person).get(pk=change.change_set_id).pile


def at(moment, act, *arguments, **words):
    with clock.replaced(lambda: moment):
        return act(*arguments, **words)
