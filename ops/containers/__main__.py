"""The command line: `python -m ops.containers check | build`."""

import argparse
import sys


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.containers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="lint the Dockerfiles and the compose file")
    commands.add_parser("build", help="build every image with buildah, and run it")
    # Each command imports what it needs: `build` runs where no linter is installed.
    if parser.parse_args().command == "build":
        from ops.containers.build import build

        return build()
    from ops.containers.check import faults

    found = faults()
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    if not found:
        print("containers: Dockerfiles and compose file are sound")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
