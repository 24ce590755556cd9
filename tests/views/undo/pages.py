"""The pages of an undo as a person opens and sends them."""

import csv
import io
from dataclasses import replace

from campaigns import changes
from campaigns.changes import Wish
from campaigns.lifecycle import State
from tests.asked import edit, move
from tests.factories import CampaignFactory, IndeedFactory
from tests.views.tab import found, known

NAME = {"field": "name", "label": "Name"}


def preview(client, change, **query):
    return client.get(f"/undo/change/{change.pk}", query)


def counts(response):
    return {k: n for k, n in response.context["counts"].items() if n}


def send(client, shown, change, **more):
    key = found('name="key" value="([^"]*)"', shown)
    digest = found('name="digest" value="([^"]*)"', shown)
    given = {"key": key, "digest": digest, "title": "Back", **known(shown), **more}
    return client.post(f"/undo/change/{change.pk}/send", given)


def big_set(person, count):
    """A set on so many campaigns, each of it Confirmed and still in place."""
    indeed = IndeedFactory()
    campaigns = [
        CampaignFactory(connection=indeed, document='{"name": "New"}')
        for _ in range(count)
    ]
    one = edit(seen='"Old"', wanted='"New"', **NAME)
    names = [replace(one, seen=f'"Old {n}"') for n in range(count)]
    wishes = [Wish(c, [e]) for c, e in zip(campaigns, names, strict=True)]
    sent = changes.request(person, wishes, key=f"big-{count}")
    for change in sent.changes.all():
        for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
            move(change, state)
    return sent


def sheet(page):
    """The lines of the CSV that the page leads to."""
    link = found(r'href="([^"]*as=csv)"', page)
    content = page.client.get(link).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))
