"""Record Banco Central's series into knowledge/market/, from the real API. Needs a network.

    python -m ops.market.record [--from 2023-01-01] [--until 2026-11-23] [--into knowledge/market]

Replaces the hand-made values that the repository comes with. Answers built on a recording go
on saying that they are one, and until when it reaches.
"""

import argparse
import asyncio
import sys
from datetime import date, timedelta
from pathlib import Path

from backend.domain.errors import SourceUnavailable
from backend.plugins.central_bank import CentralBank
from backend.plugins.recorded_bank import write_recording
from backend.plugins.series import FIRST_DAY, Series

#: Enough for a year's change and for twelve months accumulated of the year before.
_DAYS = 3 * 365


def main() -> int:
    """0 when every series was written, 1 with a line on standard error when one was not."""
    today = date.today()  # noqa: DTZ011 - the calendar of whoever records
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=None)
    parser.add_argument("--until", type=date.fromisoformat, default=today)
    parser.add_argument("--into", type=Path, default=Path("knowledge/market"))
    given = parser.parse_args()
    first = (given.first or given.until - timedelta(_DAYS)).replace(day=1)
    if not FIRST_DAY <= first <= given.until:
        parser.error(f"the days should run from {FIRST_DAY} or later to --until")
    try:
        asyncio.run(_record(given.into, first, given.until))
    except SourceUnavailable:
        print("Banco Central did not answer; nothing more was written.", file=sys.stderr)
        return 1
    return 0


async def _record(directory: Path, first: date, until: date) -> None:
    bank = CentralBank()
    try:
        for series in Series:
            observations = await bank.observations(series, first, until)
            write_recording(directory, series, observations, until)
            print(f"{series}: {len(observations)} values")
    finally:
        await bank.close()


if __name__ == "__main__":
    sys.exit(main())
