"""One event is one line, whoever else writes at the same moment."""

import json
import subprocess
import sys
from pathlib import Path

CROWD = """
import logging, threading
import structlog
from backend.observe.logs import configure

configure("json", "test")
ours, theirs = structlog.get_logger("ours"), logging.getLogger("theirs")

def speak(number):
    for turn in range(200):
        ours.info("turn.answered", number=number, prompt="a" * 300)
        theirs.warning("discarding %s", "b" * 300)

threads = [threading.Thread(target=speak, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_lines_of_many_threads_and_of_libraries_stay_whole() -> None:
    written = subprocess.run(
        [sys.executable, "-u", "-c", CROWD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    events = [json.loads(line)["event"] for line in written]
    assert events.count("turn.answered") == 8 * 200
    assert len(events) == 2 * 8 * 200
