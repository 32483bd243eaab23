"""CrewAI's agent loop without the workflow engine under it.

The stock `AgentExecutor` runs its loop (ask the model, call tools, ask again) as a Flow: a new
class, an event loop and two dozen thread hops per answer, about 10 ms of CPU. `LeanExecutor`
keeps its prompts, hooks, events and tool path, and drives them from a plain loop. It is given to
an agent through the public field `executor_class`; a test holds its messages to the stock ones.
"""

from typing import Any

from crewai.agents.agent_executor import AgentExecutor, AgentExecutorState
from crewai.utilities.string_utils import sanitize_tool_name
from pydantic import PrivateAttr


class LeanExecutor(AgentExecutor):
    """For models with native tool calls, without planning: all that this product uses."""

    #: What the model is offered; the loop's set-up fills it when the agent has tools.
    _openai_tools: list[dict[str, Any]] = PrivateAttr(default_factory=list)

    def kickoff(self, *_args: Any, **_kwargs: Any) -> None:
        """Run the loop to its end. CrewAI calls this from `invoke` and reads the state after."""
        self.initialize_reasoning()
        while not self._is_over():
            self.state.iterations += 1
        self.finalize()

    def _is_over(self) -> bool:
        """One round: a model call and the tools that it asks for."""
        if self.state.iterations >= self.max_iter:
            self.ensure_force_final_answer()
            return True
        match self.call_llm_native_tools():
            case "native_finished":
                return True
            case "native_tool_calls":
                return self.execute_native_tool() == "tool_result_is_final"
            case other:
                # A full context or a model without tools; both end as an error of ours before.
                raise RuntimeError(f"unexpected turn of the agent loop: {other}")

    def _setup_native_tools(self) -> None:
        # Only by name: what the model is offered comes from our own schemas (`crews.model`).
        tools = {sanitize_tool_name(tool.name): tool for tool in self.original_tools or ()}
        self._openai_tools = [{"type": "function", "function": {"name": name}} for name in tools]
        self._available_functions = {name: tool.run for name, tool in tools.items()}
        self._tool_name_mapping = dict(tools)

    def _create_initial_state(self) -> AgentExecutorState:
        # The stock way builds a new pydantic class each time (5 ms).
        return AgentExecutorState()
