"""One connection for one account: two would send to a campaign by two lanes at once."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns import keyring
from campaigns.models import Connection

TAKEN = (
    "“{other}” is connected to this account already. Two connections would send to the "
    "same campaigns without knowing of each other."
)


def claim(connection: Connection) -> None:
    """Note which account the connection opens, inside the transaction that keeps it.

    Raises `ValidationError` when another connection in use opens the same one.
    """
    account = _fingerprint(connection)
    mine = Connection.objects.filter(pk=connection.pk)
    try:
        with transaction.atomic():
            mine.update(account=account)
    except IntegrityError as error:
        others = Connection.objects.in_use().filter(
            platform=connection.platform, account=account
        )
        place = "employer" if connection.employer else "base_url"
        words = TAKEN.format(other=others.first() or "Another connection")
        raise ValidationError({place: [words]}) from error
    connection.account = account


def _fingerprint(connection: Connection) -> str | None:
    """The employer at an address, or the credentials themselves; never readable.

    None where the credentials can no longer be opened.
    """
    try:
        opened = keyring.open_sealed(connection.sealed_secrets)
    except keyring.KeyMissing:
        opened = {}
    what = connection.employer or sorted(opened.items())
    if not what:
        return None
    place = connection.base_url.rstrip("/").lower()
    text = json.dumps([connection.platform, place, what])
    return hashlib.sha256(text.encode()).hexdigest()
