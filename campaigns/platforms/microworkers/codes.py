"""Microworkers' error codes in our words. A code not listed shows its own detail.

Source: docs/platforms.md 4.6; the public list is longer than what could be read of it.
"""

from typing import Final

WORDS: Final = {
    "AccessDenied": "This API key may not do that.",
    "AccountPhoneNumberNotSet": (
        "The Microworkers account needs a phone number. An admin must add it there."
    ),
    "AccountPhoneNumberNotVerified": (
        "The phone number of the Microworkers account is not verified. An admin must "
        "verify it there."
    ),
    "AlreadyExists": "Something with this value exists already. Choose another one.",
    "AutoRateTasksAsNotSatisfiedNotSupported": (
        "This campaign cannot rate as not satisfied by itself: that works only where "
        "the employer alone rates and test cases exist."
    ),
    "AutoRateTasksAsSatisfiedNotSupported": (
        "This campaign cannot rate as satisfied by itself: that works only where the "
        "employer alone rates and test cases exist."
    ),
    "CampaignCantBeStopped": "This campaign cannot be stopped in its present state.",
    "CampaignDoesNotSupportUniqueTasks": "This campaign cannot have unique tasks.",
    "CampaignIsActive": "This does not work while the campaign is active.",
    "CampaignIsAlreadyPaused": "The campaign is paused already.",
    "CampaignIsNotFinished": "This works only once the campaign is finished.",
    "CampaignIsNotPaused": "This works only while the campaign is paused.",
    "CampaignIsNotRunning": "This works only while the campaign runs.",
    "CampaignMustBeFinished": "This works only once the campaign is finished.",
    "CampaignWithNotRatedTasks": "Some submitted work has to be rated first.",
    "CategoryUnknown": "Microworkers does not know this category.",
    "DepositApiAccessNotAuthorized": "This account may not use the API for deposits.",
    "DoesNotExist": "Microworkers does not know this.",
    "IsBlank": "This must not be empty.",
    "NotEnoughMoneyToStartCampaign": (
        "The Microworkers account has not enough money for this. An admin must add "
        "funds there."
    ),
    "SubCategoryUnknown": "Microworkers does not know this subcategory.",
    "Unauthorized": "Microworkers does not accept the API key.",
    "ValidationFailed": "Microworkers does not accept the values.",
}
