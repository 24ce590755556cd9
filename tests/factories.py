"""Rows for tests, made as simply as they can be; every default can be overridden."""

import factory
from factory.django import DjangoModelFactory

from campaigns import keyring
from campaigns.models import Campaign, Connection, Label, Person

PASSWORD = "correct horse battery"


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    is_marketer = True

    @factory.post_generation
    def password(self, create, extracted, **_):
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])

    class Params:
        manager = factory.Trait(is_marketer=False, is_manager=True)
        admin = factory.Trait(is_marketer=False, is_admin=True)
        inactive = factory.Trait(is_active=False)


class ConnectionFactory(DjangoModelFactory):
    class Meta:
        model = Connection
        skip_postgeneration_save = True

    platform = "microworkers"
    name = factory.Sequence(lambda n: f"Connection {n}")
    base_url = "http://127.0.0.1:9/api/v2"
    is_sandbox = True
    sealed_secrets = factory.LazyFunction(lambda: keyring.seal({"api_key": "demo-key"}))
    settle_seconds = 0
    calls_per_minute = 60_000

    @factory.post_generation
    def people(self, create, extracted, **_):
        if create and extracted is not None:
            self.people.set(extracted)


class IndeedFactory(ConnectionFactory):
    platform = "indeed"
    base_url = "http://127.0.0.1:9/ads"
    token_url = "http://127.0.0.1:9/oauth/v2/tokens"
    employer = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    sealed_secrets = factory.LazyFunction(
        lambda: keyring.seal(
            {"client_id": "demo-client", "client_secret": "demo-secret"}
        )
    )


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    connection = factory.SubFactory(ConnectionFactory)
    remote_id = factory.Sequence(lambda n: f"remote-{n}")
    name = factory.Sequence(lambda n: f"Campaign {n}")
    status = "RUNNING"

    @factory.post_generation
    def labels(self, create, extracted, **_):
        if create and extracted:
            self.labels.set(extracted)


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    name = factory.Sequence(lambda n: f"Label {n}")
