"""A campaign page as a browser has it open: it posts what the page showed."""

import re
from html import unescape

from campaigns.models import Draft

HTMX = {"HX-Request": "true"}


class Tab:
    def __init__(self, client, campaign):
        self.client, self.campaign = client, campaign
        self.address = f"/campaigns/{campaign.pk}/"

    def page(self):
        return self.client.get(self.address)

    def open(self, path):
        return self.client.get(f"{self.address}fields/{path}/edit", headers=HTMX)

    def seen(self, path):
        """What the open editor says it showed."""
        return found('name="seen" value="([^"]*)"', self.open(path))

    def keep(self, path, value, *, seen=None, htmx=True, **more):
        """Post one field as the editor does; `value` None leaves the input out."""
        shown = self.seen(path) if seen is None else seen
        given = {} if value is None else {path: value}
        return self.client.post(
            f"{self.address}fields/{path}",
            {"field": path, "seen": shown, **given, **more},
            headers=HTMX if htmx else {},
        )


class Review:
    """The review page of a client, with the key and digest that it showed."""

    def __init__(self, client):
        self.client = client
        self.response = client.get("/review")
        self.key = found('name="key" value="([^"]*)"', self.response)
        self.digest = found('name="digest" value="([^"]*)"', self.response)

    def send(self, **more):
        given = {"key": self.key, "digest": self.digest, **known(self.response), **more}
        return self.client.post("/review/send", given)


def drafts():
    """What is kept and not sent yet, by field."""
    return dict(Draft.objects.values_list("field", "wanted"))


def do(client, change, verb, **given):
    """What one button about a change posts, and the page that it leads to."""
    return client.post(f"/changes/{change.pk}/{verb}", given, follow=True)


def known(response):
    """What somebody ticks and types who reads everything that must be known."""
    ticked = re.findall('name="knows" value="([^"]*)"', text(response))
    return {"knows": ticked, "typed": "DELETED"}


def found(pattern, response):
    match = re.search(pattern, text(response))
    assert match, f"{pattern} is not in {text(response)[:400]}"
    return unescape(match[1])


def text(response):
    return response.content.decode()


def words(html):
    """What a person reads: without tags, white space in one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def row(response, path):
    """The part of a page that speaks of one field, from its row to the next."""
    start = re.escape(f'data-field="{path}"')
    match = re.search(rf"{start}.*?(?=data-field=|</section>|\Z)", text(response), re.S)
    assert match, f"{path} is not on the page"
    return match[0]
