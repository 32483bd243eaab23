"""CrewAI's Agent and Task without what they do and say beside the work itself."""

from crewai import Agent, Task

#: Model calls in which an agent may ask for tools: one to look a name up, one for the figure, one
#: to repair a mistake in either, one to spare. Whoever needs a fifth is going in circles.
MAX_ROUNDS = 4


class TurnAgent(Agent):
    """An agent of one turn, never shared."""

    max_iter: int = MAX_ROUNDS
    #: One try: `backend.llm` owns the retries.
    max_retry_limit: int = 0
    #: Both would ask the provider to count tokens before each call, and then summarise.
    respect_context_window: bool = False
    use_better_compaction: bool = False

    def _use_trained_data(self, task_prompt: str) -> str:
        # CrewAI unpickles `trained_agents_data.pkl` from the working directory, if there is one.
        return task_prompt


class TurnTask(Task):
    """A task of one turn."""

    def prompt(self) -> str:
        """The task in its own words.

        CrewAI adds that the answer must be "the actual complete content, not a summary": 34 tokens
        on every call, for answers that are longer than anybody asked for.
        """
        return f"{self.description}\n{self.expected_output}"
