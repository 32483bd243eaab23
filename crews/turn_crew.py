"""CrewAI's Crew without its database."""

from typing import Any

from crewai import Crew
from crewai.utilities.task_output_storage_handler import TaskOutputStorageHandler
from pydantic import PrivateAttr


class Forgetful(TaskOutputStorageHandler):
    """Stores no task output. CrewAI keeps the last run's in SQLite, for a replay never asked for."""

    def __init__(self) -> None:
        """Open nothing."""

    def update(self, task_index: int, log: dict[str, Any]) -> None:
        pass

    def reset(self) -> None:
        pass

    def load(self) -> None:
        return None


class TurnCrew(Crew):
    """A crew of one turn. Never shared: CrewAI's mixes up its runs."""

    _task_output_handler: TaskOutputStorageHandler = PrivateAttr(default_factory=Forgetful)
