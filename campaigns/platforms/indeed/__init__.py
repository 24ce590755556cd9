"""Indeed Sponsored Jobs: the campaigns of one employer."""

from decimal import Decimal

from campaigns.gateway.contract import Capabilities, Platform
from campaigns.platforms.indeed import reading
from campaigns.platforms.indeed.client import IndeedClient
from campaigns.platforms.indeed.forms import IndeedForm
from campaigns.platforms.indeed.grant import SECRETS

__all__ = ["platform"]

platform = Platform(
    key="indeed",
    name="Indeed Sponsored Jobs",
    short="in",
    form=IndeedForm,
    capabilities=Capabilities(
        list_keys=reading.LIST_KEYS,
        read_keys=reading.READ_KEYS,
        default_policy="thrifty",
        calls_cost=Decimal(3),
        currency="USD or EUR",
        cost_words=(
            "Indeed may charge 3 USD or 3 EUR for each call, reads too, in months in "
            "which the employer spends less on campaigns than on calls."
        ),
    ),
    secrets=SECRETS,
    base_url="https://apis.indeed.com/ads",
    token_url="https://apis.indeed.com/oauth/v2/tokens",
    needs_employer=True,
    client=IndeedClient,
    demo_employer="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    demo_name="Harborline Logistics",
)
