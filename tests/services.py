"""Real PostgreSQL and Redis for tests, started here and ended here.

`python -m tests.services postgres -- COMMAND` runs COMMAND with TEST_DATABASE_URL set.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from dashboard.up import redis as embedded

START_SECONDS = 60
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
)


def wait_until(is_ready, what, seconds=START_SECONDS):
    """Ask again and again until it is so; fail with words when time is up."""
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not after {seconds} seconds")
        time.sleep(0.02)


@contextmanager
def running(command, **options):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@contextmanager
def scratch(user):
    """A private folder of that user, in a place everyone may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    try:
        if user:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- PostgreSQL -------------------------------------------------------------------


def postgres_binaries():
    """Where `postgres` and `initdb` are: on PATH, in Debian's place, in a wheel."""
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = find_spec("pgserver")
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise FileNotFoundError(
        "No PostgreSQL found. Install one (Debian: apt-get install postgresql), "
        "or set TEST_DATABASE_URL to one that runs."
    )


def other_user():
    """PostgreSQL refuses to run as root: root starts it as nobody."""
    return "nobody" if os.getuid() == 0 else None


class Postgres:
    """A server of our own in `folder`: started, ended, started again."""

    def __init__(self, folder, user, options=FAST):
        self.folder, self.user = folder, user
        self.binaries = reachable(postgres_binaries(), folder, user)
        self.settings = [part for option in options for part in ("-c", option)]
        self.address = f"postgres://desk@{quote(str(folder), safe='')}/postgres"
        self.process = None
        initdb(self.binaries, folder, user)

    def start(self):
        folder, user = self.folder, self.user
        places = ["-D", folder / "db", "-k", folder, "-h", ""]
        with open(folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", *places, *self.settings],
                user=user,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: accepts(self.binaries, folder, user), "PostgreSQL starts")

    def stop(self, how=signal.SIGINT):
        """End every session, then the server; SIGQUIT leaves it as a crash does."""
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@contextmanager
def postgres_server(options=FAST):
    """A PostgreSQL that lives as long as the block, or as it is let live there."""
    user = other_user()
    with scratch(user) as folder:
        server = Postgres(folder, user, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def postgres():
    """The address of an empty PostgreSQL that lives as long as the block."""
    with postgres_server() as server:
        yield server.address


@contextmanager
def database(kind, folder):
    """The address of an empty database: a file in `folder`, or a server of its own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/desk.sqlite3"
        return
    with postgres() as address:
        yield address


def reachable(binaries, folder, user):
    """The same programs where that user may read them: a wheel may lie in /root."""
    probe = [str(binaries / "postgres"), "--version"]
    try:
        subprocess.run(probe, user=user, check=True, capture_output=True)
    except (PermissionError, subprocess.CalledProcessError):
        copy = folder / "pginstall"
        shutil.copytree(binaries.parent, copy)
        return copy / "bin"
    return binaries


def initdb(binaries, folder, user):
    subprocess.run(
        [binaries / "initdb", "-A", "trust", "-U", "desk", "-E", "UTF8"]
        + ["--no-sync", "--no-instructions", "-D", folder / "db"],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )


def accepts(binaries, folder, user):
    command = [binaries / "pg_isready", "-q", "-h", folder, "-U", "desk"]
    return subprocess.run(command, user=user, cwd=folder).returncode == 0


# --- Redis ------------------------------------------------------------------------


@contextmanager
def redis():
    """The address of an empty Redis that lives as long as the block."""
    with scratch(None) as folder:
        socket = folder / "redis.sock"
        with running(embedded.command(socket, folder), stdout=subprocess.DEVNULL):
            wait_until(lambda: embedded.answers(socket), "Redis starts")
            yield f"redis+socket://{socket}"


# --- as a command -----------------------------------------------------------------


def main(arguments):
    if arguments[:2] != ["postgres", "--"]:
        sys.exit("Usage: python -m tests.services postgres -- COMMAND")
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return run(arguments[2:], given)
    with postgres() as url:
        return run(arguments[2:], url)


def run(command, url):
    environment = os.environ | {"TEST_DATABASE_URL": url}
    return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
