"""The command line: `python -m ops.prometheus check | local`."""

import argparse
import shlex
import sys

import yaml

from ops.local import configuration, stack_file
from ops.local.errors import NotRunning, StackError
from ops.prometheus import local
from ops.prometheus.check import faults, promtool

#: Prometheus's own.
PORT = 9090


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.prometheus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="let promtool check and test what stands here")
    commands.add_parser("local", help="write a configuration for the running local stack")
    if parser.parse_args().command == "check":
        return _check()
    try:
        return _local()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _check() -> int:
    program = promtool()
    if program is None:
        print("prometheus: not checked, promtool is not here (Debian: apt-get install prometheus)")
        return 0
    found = faults(program)
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    if not found:
        print("prometheus: configuration and alerts are sound, and do what their tests say")
    return 1 if found else 0


def _local() -> int:
    """Write `$DATA_DIR/prometheus.yml` and print the command that runs it."""
    data = configuration.load().data
    stack = stack_file.read(data.stack_file)
    if stack is None:
        raise NotRunning("The stack is not running; `make up` starts it.")
    path = data.path / "prometheus.yml"
    path.write_text(yaml.safe_dump(local.configuration(stack), sort_keys=False), encoding="utf-8")
    command = (
        "prometheus",
        f"--config.file={path}",
        f"--storage.tsdb.path={data.path / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{PORT}",
    )
    print(shlex.join(command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
