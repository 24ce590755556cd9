"""What pages read. Every query begins with what the person may see; none writes."""

from campaigns.queries.asked import EntryFilter
from campaigns.queries.campaigns import (
    CampaignFilter,
    find_campaigns,
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
    find_others,
    find_troubled,
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
    "Day",
    "EntryFilter",
    "EntryPage",
    "count_by_day",
    "count_by_state",
    "count_needs",
    "find_campaigns",
    "find_chain",
    "find_change",
    "find_changes",
    "find_entries",
    "find_entry",
    "find_names",
    "find_needs",
    "find_neighbours",
    "find_others",
    "find_people",
    "find_running",
    "find_statuses",
    "find_troubled",
    "find_undoing",
    "find_work",
    "first_after",
    "newest_number",
]
