"""One machine, from nothing to signed-in people, and back to nothing."""

from django.conf import settings

from campaigns import registry
from dashboard import sqlite
from dashboard.up import demo, lock, ports, prepare, programs
from dashboard.up.prepare import Say
from dashboard.up.supervisor import Stopped, Supervisor


def run(port: int, with_demo: bool, say: Say) -> None:
    """Serve until told to stop.

    Raises AlreadyRunning, PortTaken, NoRedis or NotReady, each with words for people.
    """
    address = f"http://{ports.HOST}:{port}"
    prepare.folders()
    with lock.hold(settings.VAR_DIR / "run" / "up.lock", address):
        ports.claim(port)
        supervisor = Supervisor(settings.BASE_DIR, settings.VAR_DIR / "log", say)
        try:
            start(supervisor, port, with_demo, say)
            welcome(address, say)
            supervisor.watch()
        except Stopped:
            pass
        finally:
            say("Stopping")
            supervisor.stop()
            say("Stopped")


def start(supervisor: Supervisor, port: int, with_demo: bool, say: Say) -> None:
    """Start in the order in which the programs need each other; web is last."""
    if not settings.REDIS_URL:
        folder = settings.VAR_DIR / "redis"
        supervisor.add(programs.embedded_redis(settings.EMBEDDED_REDIS_SOCKET, folder))
    listening = start_sandbox(supervisor) if with_demo else {}
    prepare.database(say)
    prepare.static_files(say)
    if listening:
        say("Preparing the demo")
        supervisor.wait_ready()
        demo.prepare(listening)
    supervisor.add(programs.worker())
    supervisor.add(programs.web(port))
    supervisor.wait_ready()


def start_sandbox(supervisor: Supervisor) -> dict[str, int]:
    state = settings.VAR_DIR / "sandbox"
    platforms = [platform.key for platform in registry.all()]
    listening = ports.remembered(state / "ports.json", platforms)
    supervisor.add(programs.sandbox(listening, state))
    return listening


def welcome(address: str, say: Say) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        say(sqlite.describe())
    say(f"Campaign Desk is running at {address}")
    for line in demo.lines():
        say(line)
    say("Ctrl-C ends everything.")
