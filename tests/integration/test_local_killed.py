"""A supervisor that is killed takes everything with it: its programs, and what those started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.local.identity import SAME
from ops.local.root import ROOT
from ops.local.watchdog_pipe import WatchdogPipe
from tests.integration.local_programs import Diary, is_alive, until

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from ops.local.supervisor import Supervisor
from ops.local.terminal import Terminal
from tests.integration.local_programs import FAMILY, STUBBORN, Diary

async def run():
    directory = Path(sys.argv[1])
    diary = Diary(directory / "diary")
    async with Supervisor(directory, Terminal(), lambda: None) as supervisor:
        await supervisor.start(diary.program("api", FAMILY))
        await supervisor.start(diary.program("worker", STUBBORN))
        await asyncio.sleep(600)

asyncio.run(run())
"""


def test_a_killed_supervisor_leaves_no_process(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        (sys.executable, "-c", SUPERVISOR, str(tmp_path)), cwd=ROOT, start_new_session=True
    )
    diary = Diary(tmp_path / "diary")
    try:
        until(lambda: "worker came" in diary.events())
        pids = [pid for _, _, pid in diary.entries()]
        assert len(pids) == 4
        assert all(map(is_alive, pids))
    finally:
        supervisor.kill()
        supervisor.wait()
    until(lambda: not any(map(is_alive, pids)))


def test_the_watchdog_outlives_the_signals_meant_for_the_stack(tmp_path: Path) -> None:
    program = subprocess.Popen(("/bin/sleep", "600"), start_new_session=True)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    watchdog = WatchdogPipe()
    watchdog.follow(program.pid)
    watchdog.remove(scratch)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(watchdog.pid, number)
    watchdog.close()
    try:
        assert program.wait(5) == -signal.SIGKILL
    finally:
        program.kill()
    assert not scratch.exists()


def test_the_watchdog_leaves_alone_what_has_ended(tmp_path: Path) -> None:
    program = subprocess.Popen(("/bin/sleep", "600"), start_new_session=True)
    watchdog = WatchdogPipe()
    try:
        watchdog.follow(program.pid)
        watchdog.forget(program.pid)
        watchdog.close()
        assert program.poll() is None
    finally:
        program.kill()
        program.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's leash is Linux's")
def test_the_kernel_holds_the_leash_without_a_watchdog(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = SAME.leash(
        ("/bin/sh", "-c", f"echo $$ > {pids}.new; mv {pids}.new {pids}; exec sleep 600")
    )
    script = (
        "import os, subprocess, sys, time\n"
        "words = sys.argv[1:]\n"
        "words[4] = str(os.getpid())\n"
        "subprocess.Popen(words, start_new_session=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen((sys.executable, "-c", script, *program))
    try:
        until(pids.exists)
    finally:
        parent.kill()
        parent.wait()
    until(lambda: not is_alive(int(pids.read_text())))
