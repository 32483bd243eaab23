"""CrewAI answers, and nothing else comes of it: in a process of its own, with everything watched."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.crew_stage import CREWAI_WARNS

# isort: split
import portalocker
from crewai.events.event_bus import crewai_event_bus
from crewai.events.event_listener import event_listener
from crewai.telemetry import Telemetry
from crewai_core.lock_store import lock

from crews import quiet

pytestmark = CREWAI_WARNS

#: Answers a turn of each kind and prints, as its last line, what it was caught doing.
SCRIPT = """
import json, os, signal, sys
from tests.unit.crew_stage import *
from crews.sales_assistant.crew import answer
from crews.executor import LeanExecutor
from crewai.agents.agent_executor import AgentExecutor
from crewai.events.event_bus import crewai_event_bus

seen = []
def audit(event, args):
    if event == "open" and isinstance(args[0], str) and isinstance(args[2], int):
        if args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            seen.append(["open", args[0]])
    if event in {"sqlite3.connect", "socket.connect", "socket.getaddrinfo", "os.mkdir",
                 "pickle.find_class", "subprocess.Popen", "os.remove", "os.rename"}:
        seen.append([event, repr(args)])
sys.addaudithook(audit)

query = wants(QUERY.name, {"metrics": ["revenue"]})
series = wants(SERIES.name, {"series": "ipca"})
for executor in (LeanExecutor, AgentExecutor):
    for decision, lines in (
        (Decision.DIRECT, ["Oi"]),
        (Decision.SALES, [query, "R$ 10,00"]),
        (Decision.SALES, [wants("guess"), wants(QUERY.name, malformed="x"), "R$ 10,00"]),
        (Decision.BOTH, [query, "R$ 10,00", series, "Tudo"]),
    ):
        watcher = Watcher()
        answer(a_run(ScriptedModel(lines), route=route(decision), on_text=watcher.on_text),
               executor=executor)
    try:
        answer(a_run(ScriptedModel([ValueError("rate limit")])), executor=executor)
    except ValueError:
        pass
    handlers = sum(map(len, crewai_event_bus._sync_handlers.values()))
signals = [signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGHUP)]
print(json.dumps({"seen": seen, "handlers": handlers, "signals": signals}))
"""


class Trap:
    """Would be loaded by CrewAI from the working directory, as the training of an agent."""

    def __reduce__(self) -> tuple[type[SystemExit], tuple[str]]:
        return SystemExit, ("a file of the working directory was loaded",)


def test_a_process_that_answers_does_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "trained_agents_data.pkl").write_bytes(pickle.dumps(Trap()))
    before = sorted(tmp_path.iterdir())
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(tmp_path / "home"),
            # A name that CrewAI would lock in, were its locks not taken away.
            "REDIS_URL": "redis://127.0.0.1:1/0",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    (said,) = done.stdout.splitlines()
    assert json.loads(said) == {"seen": [], "handlers": 0, "signals": [True, True]}
    assert sorted(tmp_path.iterdir()) == before


def test_telemetry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Telemetry(), "ready", True)
    with pytest.raises(quiet.NotQuiet, match="CREWAI_DISABLE_TELEMETRY"):
        quiet.silence.__wrapped__()


def test_tracing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "true")
    with pytest.raises(quiet.NotQuiet, match="CREWAI_TRACING_ENABLED"):
        quiet.silence.__wrapped__()


def test_no_lock_is_taken_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet.silence()
    monkeypatch.setattr(portalocker, "Lock", pytest.fail)
    monkeypatch.setattr(portalocker, "RedisLock", pytest.fail)
    with lock("anything"):
        pass


def test_silence_takes_all_listeners_away() -> None:
    quiet.silence()
    assert not crewai_event_bus._sync_handlers
    assert not crewai_event_bus._async_handlers
    assert event_listener.formatter.verbose is False
