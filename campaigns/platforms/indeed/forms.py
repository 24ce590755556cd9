"""What can be edited on an Indeed campaign, field by field.

Source: the platform's page on updating a campaign's general information; what it
leaves open is in assumptions.py.
"""

from campaigns.documents import Document
from campaigns.fields import Reported, Text
from campaigns.forms import CampaignForm, Errors, Notes, Sheet
from campaigns.platforms.indeed import assumptions, facts, objective, selection
from campaigns.platforms.indeed.fields import (
    INCLUSIONS,
    OBJECTIVES,
    QUICK,
    STATUSES,
    Criterion,
    Inclusion,
    Kind,
    Query,
    Radius,
    Status,
    Target,
    Token,
)

LASTING_CRITERION = (
    "A criterion can be replaced later; it goes away only together with all others, "
    "by choosing all jobs."
)


class IndeedForm(CampaignForm):
    """The fields of PATCH /v1/campaigns/{id}: null or absent there means keep."""

    unique = "name"

    name = Text(
        label="Name",
        help_text="Up to 250 characters. No two campaigns of an employer share one; "
        "deleted campaigns may count too.",
        group="Name and tracking",
        limit=250,
        never_empty="Give a name: a campaign cannot be without one.",
    )
    trackingToken = Token(
        label="Tracking token",
        help_text="Added to the job link on sponsored clicks. Up to 255 characters.",
        group="Name and tracking",
        limit=255,
        one_way="Indeed keeps a tracking token for good: it can be replaced later, "
        "never emptied again.",
        never_empty="A tracking token can be replaced, never emptied.",
    )
    status = Status(
        label="Status",
        help_text="Paused and deleted campaigns sponsor no jobs.",
        group="Delivery",
        choices=STATUSES,
        one_way="Indeed does not promise that a deleted campaign can be made active "
        "again.",
    )
    jobsToInclude = Inclusion(
        label="Jobs to include",
        help_text="All open jobs, or only those that match every criterion below.",
        group="Jobs to sponsor",
        choices=INCLUSIONS,
        reported=Reported.SOMETIMES,
        dependants=selection.CRITERIA,
    )
    jobsQuery = Query(
        label="Search",
        help_text="Words and terms such as title:(warehouse OR picker), with AND and "
        "OR in capitals and - to exclude.",
        group="Jobs to sponsor",
        limit=assumptions.text_limit(),
        reported=Reported.SOMETIMES,
        one_way=LASTING_CRITERION,
    )
    jobsTitle = Criterion(
        label="Job title",
        help_text="Only jobs with this title.",
        group="Jobs to sponsor",
        limit=assumptions.text_limit(),
        reported=Reported.SOMETIMES,
        one_way=LASTING_CRITERION,
    )
    jobsCompany = Criterion(
        label="Company",
        help_text="Only jobs of this hiring company.",
        group="Jobs to sponsor",
        limit=assumptions.text_limit(),
        reported=Reported.SOMETIMES,
        one_way=LASTING_CRITERION,
    )
    jobsLocation = Criterion(
        label="Location",
        help_text="Only jobs at or near this place.",
        group="Jobs to sponsor",
        limit=assumptions.text_limit(),
        reported=Reported.SOMETIMES,
        one_way=LASTING_CRITERION,
        dependants=[selection.RADIUS],
    )
    jobsLocationRadius = Radius(
        label="Radius",
        help_text="Largest distance from the location: miles for jobs in the US and "
        "the UK, kilometres elsewhere.",
        group="Jobs to sponsor",
        choices=[(distance, str(distance)) for distance in (5, 10, 15, 25, 50, 100)],
        unit="mi (US, UK) or km",
        reported=Reported.SOMETIMES,
        one_way=LASTING_CRITERION,
        empty="none: Indeed uses 25",
        dependants=[selection.LOCATION],
    )
    objective_type = Kind(
        path=objective.TYPE,
        label="Objective type",
        help_text="What Indeed aims for. Can be added once and stays for good.",
        group="Objective",
        choices=[
            (value, word)
            for value, word in OBJECTIVES
            if value != "SCHEDULED_INTERVIEWS" or assumptions.has_hiring_platform()
        ],
        withheld=QUICK,
        one_way="An objective can be added, never removed, and its type never changes.",
        empty="no objective",
        dependants=[objective.TARGET],
    )
    objective_target = Target(
        path=objective.TARGET,
        label="Objective target",
        help_text="A number of applications or interviews, or the cost per application "
        "to stay below, in the currency of the account.",
        group="Objective",
        one_way="A target belongs to its objective: it can change, never be removed.",
        empty="no target",
        dependants=[objective.TYPE],
    )

    @classmethod
    def locks(cls, document: Document) -> dict[str, str]:
        whole = facts.whole_lock(document)
        if whole:
            return dict.fromkeys(cls.declared(), whole)
        locks = objective.locks(document)
        if facts.is_bonus(document):
            free = {"jobsQuery", selection.INCLUDE}
            locks |= dict.fromkeys(cls.declared().keys() - free, facts.BONUS)
        return locks

    @classmethod
    def extras(cls, document: Document) -> list[tuple[str, str]]:
        return list(facts.extras(document))

    @classmethod
    def absent(cls) -> list[tuple[str, str]]:
        return list(facts.ABSENT)

    @classmethod
    def companions(cls, sheet: Sheet) -> dict[str, str]:
        return selection.companions(sheet)

    @classmethod
    def implied(cls, sheet: Sheet) -> dict[str, str]:
        return selection.implied(sheet)

    @classmethod
    def conflicts(cls, sheet: Sheet) -> Errors:
        return selection.conflicts(sheet) | objective.conflicts(sheet)

    @classmethod
    def remarks(cls, sheet: Sheet) -> Notes:
        return selection.remarks(sheet) | objective.remarks(sheet)

    @classmethod
    def body(cls, sheet: Sheet) -> Document:
        body = super().body(sheet)
        if "objective" in body:
            body["objective"] = objective.body(body["objective"])
        return body
