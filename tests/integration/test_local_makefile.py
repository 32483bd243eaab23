"""The Makefile is how users call all of it: it explains itself, and refuses a wrong Python once."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from ops.local.root import ROOT

COMMANDS = {"help", "up", "down", "ask", "test", "check", "bench", "lock", "format"}


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """As from a shell, not from the `make test` that may have started us."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(
        ("make", *arguments),  # noqa: S607 - the user's own make
        capture_output=True,
        check=False,
        cwd=cwd,
        env=environment,
        text=True,
    )


@pytest.mark.parametrize("arguments", [(), ("help",)])
def test_it_lists_every_command_with_what_it_does(arguments: tuple[str, ...]) -> None:
    lines = make(*arguments).stdout.splitlines()
    listed = {match[1] for line in lines if (match := re.match(r"make (\w+) +\S+", line))}
    assert listed >= COMMANDS


def test_it_works_from_another_directory(tmp_path: Path) -> None:
    assert "make up" in make("--no-print-directory", "-C", str(ROOT), cwd=tmp_path).stdout


@pytest.mark.parametrize("version", ["3.10", "3.14", "2.7"])
def test_another_python_gets_one_line_and_nothing_is_made(tmp_path: Path, version: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho {version}\n")
    python.chmod(0o755)
    refused = make("up", f"PYTHON={python}")
    assert refused.returncode != 0
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert f"Python 3.11, 3.12 or 3.13 is needed, but {python} is {version}" in line


def test_a_python_that_is_not_there_gets_one_line(tmp_path: Path) -> None:
    refused = make("up", f"PYTHON={tmp_path}/python")
    assert refused.returncode != 0
    (line,) = refused.stderr.splitlines()
    assert f"{tmp_path}/python is not there" in line


def test_a_question_reaches_the_program_as_it_was_typed() -> None:
    question = 'R$ 10 "mil" `date` $(HOME) d\'água'
    shown = make("--eval", "show: ; @printenv QUESTION", "show", f"Q={question}")
    assert shown.stdout == f"{question}\n"
