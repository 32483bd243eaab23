"""The one-shot commands: `python -m ops.containers.inside migrate | tenant | demo | ask | keys`.

Expected trouble is one line on standard error: status 2 for a setting, 1 for the rest.
"""

import argparse
import json
import sys

import psycopg

from backend.domain.errors import StoreUnavailable
from backend.observe import logs
from backend.settings import SettingsInvalid
from backend.store.migrate import MigrationChanged, migrate
from ops.containers.inside.owner import owner_url
from ops.containers.inside.scrape_key import ensure_scrape_key
from ops.containers.inside.tenant import create_tenant


def main() -> int:
    options = _parser().parse_args()
    logs.configure("json", options.command)
    try:
        _run(options)
    except SettingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (psycopg.Error, MigrationChanged, StoreUnavailable) as error:
        reason = (str(error) or "it does not answer").strip().splitlines()[0]
        sys.stderr.write(f"The database could not be prepared: {reason}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.containers.inside", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest shape")
    tenant = commands.add_parser("tenant", help="create a tenant, print its keys once")
    tenant.add_argument("name")
    commands.add_parser("demo", help="load the demo company and its tenant")
    commands.add_parser("keys", help="print the demo tenant's keys")
    ask = commands.add_parser("ask", help="ask as the demo tenant, print the JSON answer")
    ask.add_argument("question")
    return parser


def _run(options: argparse.Namespace) -> None:
    if options.command == "migrate":
        migrate(owner_url())
        ensure_scrape_key()
    elif options.command == "tenant":
        _show(create_tenant(options.name))
    else:
        _run_demo(options)


def _run_demo(options: argparse.Namespace) -> None:
    # Only the worker's image can: the API's has neither the demo company nor the seal.
    from ops.containers.inside import demo
    from ops.local.errors import StackError

    try:
        if options.command == "demo":
            demo.seed()
        elif options.command == "keys":
            _show(demo.keys())
        else:
            _show(demo.question(options.question))
    except StackError as error:
        sys.exit(str(error))


def _show(content: object) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
