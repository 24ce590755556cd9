"""What pages read. Every query begins with what the person may see; none writes."""

from campaigns.queries.asked import EntryFilter
from campaigns.queries.campaigns import (
    CampaignFilter,
    find_campaigns,
    find_labels,
    find_statuses,
    find_work,
)
from campaigns.queries.changes import (
    ChangeFilter,
    find_chain,
    find_change,
    find_changes,
    find_undoing,
)
from campaigns.queries.entries import (
    find_entry,
    find_names,
    find_neighbours,
    find_people,
    first_after,
    newest_number,
)
from campaigns.queries.needs import (
    SHARED_AFTER,
    count_needs,
    find_needs,
    find_open_questions,
    find_others,
    find_questions,
    find_troubled,
)
from campaigns.queries.notices import find_deliveries, find_notices, find_wanted
from campaigns.queries.reviewing import (
    Contents,
    Pile,
    count_held,
    count_piles,
    find_contents,
    find_sets,
    newest_entry,
)
from campaigns.queries.today import (
    Day,
    count_by_day,
    count_by_state,
    find_running,
)
from campaigns.queries.walking import EntryPage, find_entries

__all__ = [
    "SHARED_AFTER",
    "CampaignFilter",
    "ChangeFilter",
    "Contents",
    "Day",
    "EntryFilter",
    "EntryPage",
    "Pile",
    "count_by_day",
    "count_by_state",
    "count_held",
    "count_needs",
    "count_piles",
    "find_labels",
    "find_campaigns",
    "find_chain",
    "find_change",
    "find_changes",
    "find_contents",
    "find_entries",
    "find_entry",
    "find_names",
    "find_needs",
    "find_neighbours",
    "find_open_questions",
    "find_others",
    "find_people",
    "find_questions",
    "find_running",
    "find_sets",
    "find_statuses",
    "find_troubled",
    "find_undoing",
    "find_work",
    "first_after",
    "newest_entry",
    "newest_number",
    "find_deliveries",
    "find_notices",
    "find_wanted",
]
