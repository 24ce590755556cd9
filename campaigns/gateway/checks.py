"""Says in words what a try of a connection found."""

from campaigns.gateway.contract import Check, GatewayError, Page


def passed(who: str, page: Page) -> Check:
    """Report that the credentials work, and what they let us see."""
    count = len(page.rows)
    noun = "campaign" if count == 1 else "campaigns"
    found = f"{count} {noun} on the first page." if count else "No campaigns yet."
    return Check(True, (f"{who} accepts these credentials.", found))


def failed(who: str, error: GatewayError) -> Check:
    """Report what is wrong, the platform's own words quoted."""
    quoted = (f"{who} says: “{error.said}”",) if error.said else ()
    return Check(False, (error.message, *quoted))
