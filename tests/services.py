"""The suite's own Postgres and Valkey: one of each, started when a test first wants it.

They are the programs of the local stack, with settings that trade safety for speed. When the run
ends, however it ends, a watchdog ends them and removes their files.
"""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from backend.store.migrate import migrate
from ops.local.postgres import Postgres
from ops.local.prepare import APPLICATION_DATABASE, DEMO_DATABASE, LOGINS
from ops.local.program import Program
from ops.local.roles import apply_roles
from ops.local.secret_file import StackSecrets
from ops.local.valkey import Valkey
from ops.local.watchdog_pipe import WatchdogPipe
from tests.integration.link import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresCluster:
    """A running Postgres with the logins and databases of `ops/postgres/roles.sql`."""

    server: Postgres
    passwords: StackSecrets

    def superuser_dsn(self, database: str = "postgres") -> str:
        return self.server.superuser_dsn(database)

    def owner_dsn(self, database: str = APPLICATION_DATABASE) -> str:
        """The login that owns it: of the application's databases ours, of all others postgres."""
        if database.startswith(APPLICATION_DATABASE):
            return self._dsn("sales_owner", database)
        return self.superuser_dsn(database)

    def app_dsn(self, database: str = APPLICATION_DATABASE) -> str:
        return self._dsn("sales_app", database)

    def reader_dsn(self, database: str = DEMO_DATABASE) -> str:
        return self._dsn("demo_reader", database)

    def _dsn(self, login: str, database: str) -> str:
        return self.server.dsn(login, asdict(self.passwords)[login], database)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedDatabase:
    """A database of one test's own, with every migration applied and no rows.

    The owner is behind the wall between tenants, as the application is; the superuser is not, and is
    for a test that looks at what others have written.
    """

    name: str
    owner_dsn: str
    app_dsn: str
    superuser_dsn: str


@contextlib.contextmanager
def scratch_directory() -> Iterator[tuple[Path, WatchdogPipe]]:
    """A directory, and the watchdog that empties it of files and processes at the end."""
    directory = Path(tempfile.mkdtemp(prefix="sales-crew-tests-"))
    watchdog = WatchdogPipe()
    watchdog.remove(directory)
    # When root runs the tests, Postgres is another user, who must get in.
    directory.chmod(0o711)
    try:
        yield directory, watchdog
    finally:
        watchdog.close()


@contextlib.contextmanager
def running(program: Program, watchdog: WatchdogPipe) -> Iterator[None]:
    """Run a program while the block does. Its output is in the directory beside its own."""
    log = program.directory.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            program.identity.leash(program.command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=program.directory,
            env=program.environment,
            start_new_session=True,
        )
    watchdog.follow(process.pid)
    try:
        _wait_until_ready(program, process, log)
        yield
    finally:
        process.send_signal(program.stop_signal)
        try:
            process.wait(program.stop_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        watchdog.forget(process.pid)


@contextlib.contextmanager
def postgres_cluster(directory: Path, watchdog: WatchdogPipe) -> Iterator[PostgresCluster]:
    passwords = StackSecrets()
    server = Postgres(
        directory=directory / "postgres",
        port=free_port(),
        password=passwords.postgres,
        durable=False,
    )
    with running(server.prepare(), watchdog):
        apply_roles(server, {login: asdict(passwords)[login] for login in LOGINS})
        yield PostgresCluster(server=server, passwords=passwords)


@contextlib.contextmanager
def valkey_server(directory: Path, watchdog: WatchdogPipe) -> Iterator[Valkey]:
    server = Valkey(
        directory=directory / "valkey", port=free_port(), password=StackSecrets().valkey
    )
    with running(server.prepare(), watchdog):
        yield server


def migrate_template(cluster: PostgresCluster) -> str:
    """Bring the application's database to its newest shape; returns its name, to be cloned."""
    migrate(cluster.owner_dsn())
    check_application_login(cluster)
    return APPLICATION_DATABASE


def check_application_login(cluster: PostgresCluster) -> None:
    """Fail when the login that tests use is stronger than the application's may ever be.

    A superuser, an owner and a role that bypasses row-level security walk through the wall between
    tenants: with one of them every test of that wall would pass.
    """
    with psycopg.connect(cluster.app_dsn()) as conn:
        row = conn.execute(
            """
            SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
                   (SELECT count(*) FROM pg_class
                     WHERE relnamespace = 'public'::regnamespace
                       AND pg_has_role(current_user, relowner, 'MEMBER')),
                   (SELECT pg_has_role(current_user, datdba, 'MEMBER')
                      FROM pg_database WHERE datname = current_database())
              FROM pg_roles WHERE rolname = current_user
            """
        ).fetchone()
    assert row == ("sales_app", False, False, False, 0, False), (
        f"the application's login is too strong: {row}"
    )


@contextlib.contextmanager
def clone(cluster: PostgresCluster, template: str) -> Iterator[MigratedDatabase]:
    """A copy of the template, gone after the block."""
    name = f"{template}_{uuid4().hex[:12]}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as conn:
        for statement in (
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY OWNER sales_owner",
            # Who may connect is not copied.
            "REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {name} TO sales_app",
        ):
            conn.execute(sql.SQL(statement).format(**names))
        try:
            yield MigratedDatabase(
                name=name,
                owner_dsn=cluster.owner_dsn(name),
                app_dsn=cluster.app_dsn(name),
                superuser_dsn=cluster.superuser_dsn(name),
            )
        finally:
            conn.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def _wait_until_ready(program: Program, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + program.ready_seconds
    while not program.is_ready():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            raise AssertionError(f"{program.name} did not start:\n{log.read_text()}")
        time.sleep(0.02)
