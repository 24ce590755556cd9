"""What runs on one machine: Redis, the sandboxes, the web server, the worker."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

from dashboard.up import ports, redis
from dashboard.up.child import Program

WEB_THREADS = 4
WARM_SECONDS = 30


def embedded_redis(address: Path, folder: Path) -> Program:
    return Program(
        name="redis",
        command=redis.command(address, folder),
        is_ready=lambda: redis.answers(address),
    )


def sandbox(listening: dict[str, int], state: Path) -> Program:
    """The platforms' stand-ins, one port each."""
    options = ["--demo", "--state", str(state)]
    for platform, port in listening.items():
        options += [f"--port-{platform}", str(port)]
    return Program(
        name="sandbox",
        command=[sys.executable, "manage.py", "sandbox", *options],
        is_ready=lambda: all(ports.answers(port) for port in listening.values()),
    )


def web(port: int) -> Program:
    options = {
        "--interface": "wsgi",
        "--host": ports.HOST,
        "--port": str(port),
        "--workers": "1",
        "--blocking-threads": str(WEB_THREADS),
        "--workers-kill-timeout": "5",
        "--log-level": "warning",
    }
    words = [word for pair in options.items() for word in pair]
    respawn = "--respawn-failed-workers"
    granian = [sys.executable, "-m", "granian", *words, respawn]
    return Program(
        name="web",
        command=[*granian, "dashboard.wsgi:application"],
        is_ready=lambda: is_healthy(port),
        stop_seconds=10,
    )


def worker() -> Program:
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    celery = [sys.executable, "-m", "celery", "-A", "dashboard", "worker"]
    return Program(
        name="worker",
        command=[*celery, *quiet, "--loglevel", "INFO"],
        stop_seconds=WARM_SECONDS,
    )


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(  # noqa: S310  (a literal http address)
            f"http://{ports.HOST}:{port}/health", timeout=2
        ) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
