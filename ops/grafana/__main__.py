"""The command line: `python -m ops.grafana write | check`."""

import argparse
import sys

from ops.grafana.dashboards import DASHBOARDS, faults, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.grafana", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="write the dashboards as JSON")
    commands.add_parser("check", help="compare the committed JSON with the code")
    if parser.parse_args().command == "write":
        write()
        return 0
    found = faults()
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    if not found:
        print(f"grafana: {len(DASHBOARDS)} dashboards are what the code makes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
