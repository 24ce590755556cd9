"""Handbills: a made-up platform, as small as one can be."""

from campaigns.platforms.handbills.client import API_KEY, HandbillsClient
from campaigns.platforms.handbills.forms import HandbillsForm

from campaigns.gateway.contract import Capabilities, Platform

__all__ = ["platform"]

platform = Platform(
    key="handbills",
    name="Handbills",
    short="hb",
    form=HandbillsForm,
    capabilities=Capabilities(
        list_keys=frozenset({"title", "state"}),
        read_keys=frozenset({"title", "state", "copies"}),
        default_policy="careful",
    ),
    secrets=(API_KEY,),
    base_url="https://api.handbills.example/v1",
    token_url="",
    needs_employer=False,
    client=HandbillsClient,
)
