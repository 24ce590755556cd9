"""An Indeed campaign as its form finds it, and what a plan for it says."""

from campaigns.platforms.indeed.forms import IndeedForm

PLAIN = {
    "name": "Warehouse associates",
    "trackingToken": "fall26",
    "status": "ACTIVE",
    "objective": None,
    "CurrencyCode": "USD",
}


def plan(wanted, **document):
    return IndeedForm.plan({**PLAIN, **document}, wanted)


def texts(plan, path, kind):
    return " ".join(note.text for note in plan.notes[path] if note.kind == kind)


def locked(**document):
    return IndeedForm.locks({**PLAIN, **document})
