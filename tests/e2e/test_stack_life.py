"""The one-command stack as its user meets it: what it publishes, how it ends, what it keeps."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields

import pytest

from ops.local.ask import DEMO_QUESTION
from ops.local.root import ROOT
from ops.local.stack_file import StackFile
from tests.e2e.stack import Stack, until
from tests.integration.local_programs import is_alive

PUBLISHED = {
    *("api_url", "ui_url", "worker_metrics_url", "api_key", "operator_key", "admin_key"),
    *("tenant_id", "database_url", "redis_url", "pids", "log_dir"),
}
PROGRAMS = ("postgres", "valkey", "api", "worker", "console")


@pytest.fixture
def stack() -> Iterator[Stack]:
    """One that a test may end."""
    with Stack({"LLM_PROVIDER": "offline"}) as stack:
        yield stack


def local(stack: Stack, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "ops.local", *arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**stack.environment, **environment},
        text=True,
    )


def test_it_publishes_what_the_contract_names_to_its_owner_alone(offline_stack: Stack) -> None:
    path = offline_stack.data.stack_file
    assert {entry.name for entry in fields(StackFile)} == PUBLISHED
    assert json.loads(path.read_text()).keys() == PUBLISHED
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    published = offline_stack.published
    assert set(published.pids) == {"supervisor", *PROGRAMS}
    assert all(map(is_alive, published.pids.values()))
    assert published.database_url.startswith("postgresql://sales_owner:")


def test_each_program_has_its_log(offline_stack: Stack) -> None:
    logs = {path.name for path in offline_stack.data.logs.iterdir()}
    assert logs >= {
        f"{name}.log" for name in ("supervisor", "postgres", "api", "worker", "console")
    }


def test_ask_prints_the_answer_as_json(offline_stack: Stack) -> None:
    asked = local(offline_stack, "ask", "--", DEMO_QUESTION)
    answer = json.loads(asked.stdout)
    assert answer["model"] == "offline"
    assert "R$" in answer["response"]
    assert answer["tool_calls"][0]["ok"]


def test_a_second_stack_on_the_same_data_is_refused_in_a_line(offline_stack: Stack) -> None:
    for arguments in (("up",), ("up", "--detach")):
        refused = local(offline_stack, *arguments)
        assert refused.returncode == 1
        (line,) = refused.stderr.splitlines()
        assert f"already running on {offline_stack.data.path}" in line


def test_a_second_stack_on_the_same_ports_is_refused_in_a_line(
    offline_stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("data")
    refused = local(offline_stack, "up", DATA_DIR=str(elsewhere))
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "PORT_OFFSET" in line


@pytest.mark.parametrize("command", ["up", "down", "ask"])
def test_a_bad_setting_is_named_in_a_line(offline_stack: Stack, command: str) -> None:
    arguments = (command, "--", "?") if command == "ask" else (command,)
    refused = local(offline_stack, *arguments, API_PORT="eight thousand")
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert line.startswith("API_PORT: ")


def test_killed_or_stopped_it_leaves_no_process_and_keeps_what_it_was_told(stack: Stack) -> None:
    said = "Quais foram as vendas do mês passado?"
    with stack.client() as client:
        body = {"user_id": "keeper", "message": said}
        conversation = client.post("/chat", json=body).json()["conversation_id"]
    pids = stack.published.pids
    os.kill(pids["supervisor"], signal.SIGKILL)
    until(lambda: not any(map(is_alive, pids.values())), "the end of every process")

    assert local(stack, "up", "--detach", "--no-demo").returncode == 0
    with stack.client() as client:
        turns = client.get(f"/conversations/{conversation}").text
    assert said in turns

    pids = stack.published.pids
    assert "stopped" in local(stack, "down").stdout
    assert not any(map(is_alive, pids.values()))
    assert not stack.data.stack_file.exists()
    assert "not running" in local(stack, "down").stdout
    assert "make up" in local(stack, "ask", "--", said).stderr

    _in_the_foreground(stack)


def _in_the_foreground(stack: Stack) -> None:
    """It stays until Ctrl-C, which ends its programs in the reverse of their order."""
    with subprocess.Popen(
        (sys.executable, "-m", "ops.local", "up"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=stack.environment,
        start_new_session=True,
        text=True,
    ) as up:
        assert up.stdout is not None
        seen: list[str] = []
        for line in up.stdout:
            seen.append(line)
            if "curl -s" in line:
                os.kill(up.pid, signal.SIGINT)
    output = "".join(seen)
    assert up.returncode == 0, output
    assert DEMO_QUESTION in output
    stops = [line.split()[-1] for line in seen if line.startswith("stack") and "stopping" in line]
    assert stops == list(reversed(PROGRAMS))
