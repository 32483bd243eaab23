"""The logins and databases of a cluster: `ops/postgres/roles.sql`, and a password for each login."""

import os
import subprocess
from collections.abc import Mapping

import psycopg
from psycopg import sql

from ops.local.errors import ProgramFailed
from ops.local.ports import HOST
from ops.local.postgres import BINARIES, SUPERUSER, Postgres
from ops.local.root import ROOT

ROLES_FILE = ROOT / "ops" / "postgres" / "roles.sql"


def apply_roles(postgres: Postgres, passwords: Mapping[str, str]) -> None:
    """Bring the logins and databases of a running cluster to what the file says.

    `passwords` maps a login to its password. Raises ProgramFailed when the file does not apply.
    """
    psql = subprocess.run(
        (
            *(str(BINARIES / "psql"), "-X", "-v", "ON_ERROR_STOP=1", "-f", str(ROLES_FILE)),
            *("-h", HOST, "-p", str(postgres.port), "-U", SUPERUSER, "-d", "postgres"),
        ),
        capture_output=True,
        check=False,
        env={"PATH": os.defpath, "PGPASSWORD": postgres.password},
        text=True,
    )
    if psql.returncode != 0:
        reason = psql.stderr.strip().splitlines()[-1:]
        raise ProgramFailed(f"The database's logins could not be made: {' '.join(reason)}")
    with psycopg.connect(postgres.superuser_dsn()) as connection:
        for login, password in passwords.items():
            # Only the verifier travels, so no log of the server can hold the password.
            verifier = connection.pgconn.encrypt_password(
                password.encode(), login.encode(), b"scram-sha-256"
            ).decode()
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(login), sql.Literal(verifier)
                )
            )
