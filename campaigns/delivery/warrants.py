"""Who answers for a change, and whether they still may send it.

Asked before the read, which takes its time, and again where the intent is written.
"""

from campaigns.audit import Event
from campaigns.models import AuditEntry, Change, Connection, Person
from campaigns.rights import Right


def objection(change: Change) -> str:
    """Why nobody who may send this answers for it; "" when somebody does.

    Who decided last answers for it, else its author.
    """
    decided = AuditEntry.objects.filter(
        change_id=change.pk, event=Event.DECIDED, person_id__isnull=False
    )
    last = decided.order_by("-pk").values_list("person_id", flat=True).first()
    who = "Its author" if last is None else "Who decided about it last"
    person = Person.objects.filter(pk=last or change.change_set.person_id).first()
    if person is None or not person.may(Right.EDIT):
        return f"{who} may no longer edit campaigns. Somebody else must decide."
    seen = Connection.objects.visible_to(person)
    if not seen.filter(campaigns=change.campaign_id).exists():
        return f"{who} may no longer use this connection. Somebody else must decide."
    return ""
