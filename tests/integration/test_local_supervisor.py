"""Programs start in order, are started again when they die, and leave nothing when they stop."""

import asyncio
import io
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ops.local import keeper
from ops.local.errors import ProgramFailed
from ops.local.supervisor import Supervisor
from ops.local.terminal import Terminal
from tests.integration.local_programs import DIARY, FAMILY, STUBBORN, Diary, is_alive, until


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "FIRST_PAUSE_SECONDS", 0.01)


def supervised(
    tmp_path: Path,
    screen: io.StringIO,
    work: Callable[[Supervisor], Awaitable[None]],
    on_restart: Callable[[], None] = lambda: None,
) -> None:
    async def run() -> None:
        async with Supervisor(tmp_path, Terminal(screen), on_restart) as supervisor:
            await work(supervisor)

    asyncio.run(run())


def test_they_start_in_order_and_stop_in_reverse(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    async def work(supervisor: Supervisor) -> None:
        for name in ("first", "second", "third"):
            await supervisor.start(diary.program(name))
        assert list(supervisor.pids) == ["first", "second", "third"]

    supervised(tmp_path, screen, work)
    assert diary.events() == [
        *("first came", "second came", "third came"),
        *("third left", "second left", "first left"),
    ]


def test_one_that_is_killed_is_started_again_and_its_new_number_told(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    restarted = asyncio.Event()

    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker"))
        first = supervisor.pids["worker"]
        os.kill(first, signal.SIGKILL)
        await restarted.wait()
        assert supervisor.pids["worker"] != first

    supervised(tmp_path, screen, work, restarted.set)
    assert "worker was ended by SIGKILL; starting it again" in screen.getvalue()


def test_what_a_killed_one_leaves_behind_goes_before_the_next_comes(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    restarted = asyncio.Event()

    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", FAMILY))
        child = diary.pids("worker", "bore")[0]
        assert is_alive(child)
        os.kill(supervisor.pids["worker"], signal.SIGKILL)
        await restarted.wait()
        await asyncio.to_thread(until, lambda: not is_alive(child))

    supervised(tmp_path, screen, work, restarted.set)


def test_one_that_will_not_leave_is_killed_with_its_children(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", STUBBORN, stop_seconds=0.2))

    supervised(tmp_path, screen, work)
    pids = [pid for _, _, pid in diary.entries()]
    assert len(pids) == 2
    until(lambda: not any(map(is_alive, pids)))


def test_one_that_dies_at_its_start_is_tried_again_and_then_given_up(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    source = DIARY + "note('tried'); sys.exit('no luck today')"

    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("first"))
        await supervisor.start(diary.program("worker", source))

    with pytest.raises(
        ProgramFailed, match=r"worker does not start: no luck today \(log: .*worker"
    ):
        supervised(tmp_path, screen, work)
    assert diary.events().count("worker tried") == keeper.START_ATTEMPTS
    assert diary.events()[-1] == "first left"


def test_a_bad_setting_is_not_tried_twice(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    source = DIARY + "note('tried'); print('X should be a number', flush=True); sys.exit(2)"

    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", source))

    with pytest.raises(ProgramFailed, match="X should be a number"):
        supervised(tmp_path, screen, work)
    assert diary.events() == ["worker tried"]


def test_one_that_is_never_ready_is_given_up(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", is_ready=lambda: False, ready_seconds=0.3))

    with pytest.raises(ProgramFailed, match=r"worker was not ready after 0.3 s"):
        supervised(tmp_path, screen, work)


def test_a_program_that_is_not_there_is_told_in_a_line(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", command=("/nowhere/worker",)))

    with pytest.raises(ProgramFailed, match="cannot run /nowhere/worker: No such file"):
        supervised(tmp_path, screen, work)


def test_what_they_write_is_shown_and_kept(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    source = DIARY + "print('olá', flush=True); note('came'); time.sleep(60)"

    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", source))

    supervised(tmp_path, screen, work)
    assert "worker   | olá\n" in screen.getvalue()
    assert (tmp_path / "worker.log").read_text().startswith("olá\n")
    assert (tmp_path / "worker.log").stat().st_mode & 0o077 == 0


def test_told_to_kill_nothing_is_waited_for(
    tmp_path: Path, diary: Diary, screen: io.StringIO
) -> None:
    async def work(supervisor: Supervisor) -> None:
        await supervisor.start(diary.program("worker", STUBBORN, stop_seconds=600))
        supervisor.kill()

    supervised(tmp_path, screen, work)
    until(lambda: not any(is_alive(pid) for _, _, pid in diary.entries()))
    assert "starting it again" not in screen.getvalue()
