"""CrewAI's Agent and Crew without what they do beside answering: retries, summaries, files."""

from typing import Any

from crewai import Agent, Crew
from crewai.utilities.task_output_storage_handler import TaskOutputStorageHandler
from pydantic import PrivateAttr

#: Model calls in which an agent may ask for tools: one to look a name up, one for the figure, one
#: to repair a mistake in either, one to spare. Whoever needs a fifth is going in circles.
MAX_ROUNDS = 4


class TurnAgent(Agent):
    """An agent of one turn, or of none: never shared."""

    max_iter: int = MAX_ROUNDS
    #: One try: `backend.llm` owns the retries.
    max_retry_limit: int = 0
    #: Both would ask the provider to count tokens before each call, and then summarise.
    respect_context_window: bool = False
    use_better_compaction: bool = False

    def _use_trained_data(self, task_prompt: str) -> str:
        # CrewAI unpickles `trained_agents_data.pkl` from the working directory, if there is one.
        return task_prompt


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
    """A crew of one turn."""

    _task_output_handler: TaskOutputStorageHandler = PrivateAttr(default_factory=Forgetful)
