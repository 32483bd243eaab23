"""Banco Central's series from files: what the local stack answers with when there is no network.

A file keeps the payload in SGS's own form and says how it came to be; an answer built on it
repeats that, so nobody takes an illustrative rate for today's.
"""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from backend.plugins.central_bank import read_payload
from backend.plugins.series import FACTS, Observation, Recording, Series


class RecordedCentralBank:
    """The recordings of one directory, `sgs-<code>.json` each, read when built.

    Raises OSError or ValueError when one is missing or not a recording.
    """

    recording: Recording | None

    def __init__(self, directory: Path) -> None:
        files = {series: _read(recording_path(directory, series)) for series in Series}
        self._observations = {
            series: tuple(read_payload(content["payload"])) for series, content in files.items()
        }
        # One statement covers all answers: the weakest provenance and the earliest end.
        provenances = {content["provenance"] for content in files.values()}
        self.recording = Recording(
            provenance="recorded" if provenances == {"recorded"} else "hand-made",
            until=min(date.fromisoformat(content["until"]) for content in files.values()),
        )

    async def observations(
        self, series: Series, from_date: date, to_date: date
    ) -> tuple[Observation, ...]:
        """See SeriesSource."""
        return tuple(
            observation
            for observation in self._observations[series]
            if from_date <= observation.day <= to_date
        )


def recording_path(directory: Path, series: Series) -> Path:
    """Where a series' recording lives."""
    return directory / f"sgs-{FACTS[series].code}.json"


def write_recording(
    directory: Path, series: Series, observations: Iterable[Observation], until: date
) -> None:
    """Keep values that Banco Central itself gave, replacing the series' earlier file."""
    head = {
        "provenance": "recorded",
        "note": "Recorded from Banco Central's SGS. Licence: ODbL.",
        "series": series.value,
        "until": until.isoformat(),
    }
    # One line for each value, so that a new recording is a readable difference.
    lines = ",\n".join(
        json.dumps({"data": f"{each.day:%d/%m/%Y}", "valor": str(each.value)})
        for each in observations
    )
    opening = json.dumps(head, indent=1).removesuffix("\n}")
    text = f'{opening},\n "payload": [\n{lines}\n]}}\n'
    recording_path(directory, series).write_text(text, encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not {"provenance", "until", "payload"} <= content.keys():
        raise ValueError(f"{path.name} is not a recording of a series")
    return content
