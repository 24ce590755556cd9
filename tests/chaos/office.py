"""People at their browsers: they sign in, edit and send over real HTTP."""

import random
import re
import threading
import time

import requests

from campaigns import clock
from campaigns.models import Campaign, ChangeSet
from campaigns.planning import proposals
from campaigns.planning.drafts import open_desk
from tests.chaos.history import Told
from tests.factories import PASSWORD

KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')
KNOWS = re.compile(r'name="knows" value="([^"]+)"')
DIGEST = re.compile(r'name="digest"[^>]*value="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken"[^>]*value="([^"]+)"')
PATIENCE = 30


class Clerk(threading.Thread):
    """One person who edits until the office has saved enough."""

    def __init__(self, office, person, menus, seed):
        super().__init__(daemon=True)
        self.office, self.person, self.menus = office, person, menus
        self.dice = random.Random(seed)
        self.session = requests.Session()
        self.session.trust_env = False
        self.trouble = []

    def run(self):
        try:
            self.sign_in()
            while not self.office.is_done():
                self.day()
        except Exception as error:
            self.trouble.append(repr(error))
            raise

    # --- one round ----------------------------------------------------------------

    def day(self):
        chosen = self.dice.sample(self.office.campaigns, self.dice.randint(1, 3))
        if sum(self.edit(pk) for pk in chosen):
            self.send()

    def edit(self, pk):
        campaign = Campaign.objects.select_related("connection").get(pk=pk)
        menu = self.menus[campaign.connection.platform]
        kept = 0
        for path in self.dice.sample(sorted(menu.fields), self.dice.randint(1, 3)):
            desk = open_desk(self.person, campaign)
            field, seen = desk.form.declared()[path], desk.seen(path)
            wanted = field.canonical(menu.value(path))
            if wanted == seen:
                continue
            answer = self.post(
                f"/campaigns/{pk}/fields/{path}",
                {path: field.show(wanted), "seen": seen or ""},
            )
            if answer is not None and answer.status_code == 302:
                kept += 1
        return kept

    def send(self):
        """Review what is unsent, and send just that."""
        proposal = proposals.propose(self.person)
        edits = tuple(
            (item.campaign.remote_id, edit.field, edit.seen, edit.wanted)
            for item in proposal.items
            for edit in item.plan.edits
        )
        page = self.get("/review")
        found = page is not None and (KEY.search(page.text), DIGEST.search(page.text))
        if not found or not all(found) or found[1].group(1) != proposal.digest:
            self.post("/review/discard", {})
            return
        form = {"key": found[0].group(1), "digest": found[1].group(1)}
        form |= {"knows": KNOWS.findall(page.text), "typed": "DELETED"}
        for _ in range(5):  # until it says saved: the web server dies now and then
            if self.dice.random() < 0.1:
                other = threading.Thread(target=self.post, args=("/review/send", form))
                other.start()
            answer = self.post("/review/send", form)
            if answer is not None and answer.status_code == 302:
                self.acknowledge(form["key"], edits)
                return
            if answer is not None and answer.status_code < 500:
                self.post("/review/discard", {})
                return
            time.sleep(0.3)

    def acknowledge(self, key, edits):
        done = ChangeSet.objects.filter(person=self.person, key=key).first()
        made = done.changes.filter(split_from=None).values_list("pk", flat=True)
        told = Told(
            "sent", clock.now(), self.person.pk, key, tuple(sorted(made)), edits
        )
        self.office.tell(told, len(edits))

    # --- the browser -----------------------------------------------------------------

    def sign_in(self):
        for _ in range(30):
            page = self.get("/account/login/")
            if page is not None:
                form = {"login": self.person.email, "password": PASSWORD}
                answer = self.post("/account/login/", form, page)
                if answer is not None and answer.status_code == 302:
                    return
            time.sleep(0.5)
        raise RuntimeError("could not sign in")

    def get(self, path):
        try:
            return self.session.get(
                self.office.base + path, timeout=PATIENCE, allow_redirects=True
            )
        except requests.RequestException:
            time.sleep(0.2)
            return None

    def post(self, path, form, page=None):
        token = self.session.cookies.get("csrftoken", "")
        if page is not None and (found := TOKEN.search(page.text)):
            token = found.group(1)
        try:
            answer = self.session.post(
                self.office.base + path,
                data=form,
                headers={"X-CSRFToken": token},
                timeout=PATIENCE,
                allow_redirects=False,
            )
        except requests.RequestException:
            time.sleep(0.2)
            return None
        self.office.note(answer)
        return answer


class Office:
    """What all clerks share: what was told, how much is wanted."""

    def __init__(self, base, campaigns, edits):
        self.base, self.campaigns, self.edits = base, campaigns, edits
        self.told, self.saved = [], 0
        self.ended = 0.0
        self.answers = {}
        self.began = time.monotonic()
        self.deadline = self.began + 900
        self._lock = threading.Lock()

    def is_done(self):
        return self.saved >= self.edits or time.monotonic() > self.deadline

    @property
    def worked(self):
        """How many seconds it took until all was saved."""
        return round(self.ended - self.began, 1)

    def tell(self, told, edits):
        with self._lock:
            self.told.append(told)
            self.saved += edits
            self.ended = time.monotonic()

    def note(self, answer):
        with self._lock:
            key = f"{answer.request.path_url.split('/')[1]} {answer.status_code}"
            self.answers[key] = self.answers.get(key, 0) + 1
