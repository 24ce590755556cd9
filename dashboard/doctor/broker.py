"""Whether Redis answers, asked as a worker asks. Never repeats its address: a password
may stand there.
"""

import re

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError
from redis.retry import Retry

from dashboard.doctor.finding import Finding, note, well

PATIENCE = 0.5
"""Seconds for each step: to be let in, and to be answered."""
SLOWER = "Everything is delivered all the same, slower."
AWAY = f"Redis does not answer. {SLOWER}"
REFUSED = f"Redis refuses the password, or its absence. {SLOWER}"
UNCLEAR = "The address of Redis cannot be asked from here."


def look_at_redis() -> list[Finding]:
    """That hints can travel."""
    try:
        _ask(settings.CELERY_BROKER_URL)
    except (AuthenticationError, NoPermissionError):
        return [note("Redis", REFUSED, "Correct user and password in REDIS_URL.")]
    except (RedisError, OSError):
        advice = "Start it again, or correct REDIS_URL and its certificates."
        return [note("Redis", AWAY, advice)]
    except (TypeError, ValueError):  # a scheme or a parameter that the client lacks
        return [note("Redis", UNCLEAR, "Look at REDIS_URL.")]
    return [well("Redis", "Redis answers.")]


def _ask(address: str) -> None:
    with Redis.from_url(
        _spelled(address),
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        client.ping()


def _spelled(address: str) -> str:
    """The address in the client's own spelling; Celery has others for three things."""
    address = re.sub(r"^redis\+socket:", "unix:", address)
    address = re.sub(r"([?&])virtual_host=", r"\1db=", address)
    return re.sub(
        r"([?&]ssl_cert_reqs=)CERT_(\w+)", lambda has: has[1] + has[2].lower(), address
    )
