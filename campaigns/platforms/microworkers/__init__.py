"""Microworkers: campaigns for hire groups, by one API key."""

from campaigns.gateway.contract import Capabilities, Platform
from campaigns.platforms.microworkers import reading
from campaigns.platforms.microworkers.client import API_KEY, MicroworkersClient
from campaigns.platforms.microworkers.forms import MicroworkersForm

__all__ = ["platform"]

platform = Platform(
    key="microworkers",
    name="Microworkers",
    short="mw",
    form=MicroworkersForm,
    capabilities=Capabilities(
        list_keys=reading.LIST_KEYS,
        read_keys=reading.READ_KEYS,
        default_policy="careful",
    ),
    secrets=(API_KEY,),
    base_url="https://ttv.microworkers.com/api/v2",
    token_url="",
    needs_employer=False,
    client=MicroworkersClient,
    demo_name="Sandbox panel",
)
