"""Our tools as CrewAI's tools: the one bridge on this side.

CrewAI rewrites an argument schema on its way to the model: it makes every parameter required and
drops defaults. So no schema goes that way. The `ToolSpec` reaches the model unchanged through
`crews.model`, and what stands here lets through whatever arguments the model gave, for the tool to
judge.
"""

import time
from collections.abc import Iterable
from typing import Any

from crewai.tools import BaseTool
from crewai.tools.structured_tool import CrewStructuredTool
from crewai.tools.tool_failure import ToolFailure
from pydantic import BaseModel, PrivateAttr

from backend.domain.errors import DeadlineExceeded
from backend.domain.ports import Tool
from backend.domain.trace import ToolOutcome
from crews.tool_log import ToolLog, failed


class Arguments(BaseModel):
    """Any arguments: without fields, CrewAI neither checks nor changes them."""

    @classmethod
    def model_json_schema(cls, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        # CrewAI asks twice per tool and turn, for texts that nobody reads (0.3 ms each).
        return {"type": "object", "properties": {}}


class _Named(CrewStructuredTool):
    """Without the look at signatures and schemas that nobody reads: 0.5 ms a tool and turn."""

    @property
    def formatted_description(self) -> str:
        return self.description


class CrewTool(BaseTool):
    """A tool of one turn. Numbers and records its calls through the turn's log."""

    args_schema: type[BaseModel] = Arguments
    _tool: Tool = PrivateAttr()
    _log: ToolLog = PrivateAttr()
    _deadline: float = PrivateAttr()

    def __init__(self, tool: Tool, log: ToolLog, deadline: float) -> None:
        super().__init__(name=tool.spec.name, description=tool.spec.description)
        self._tool, self._log, self._deadline = tool, log, deadline

    def to_structured_tool(self) -> CrewStructuredTool:
        """CrewAI's second form of a tool, which it looks names up in and never runs here."""
        second = _Named.model_construct(
            name=self.name, description=self.description, args_schema=self.args_schema
        )
        second._original_tool = self
        return second

    def run(self, /, *args: Any, **arguments: Any) -> str | ToolFailure:
        """Called by CrewAI. `self` is positional only: a model may name an argument "self"."""
        return self._run(*args, **arguments)

    def _run(self, /, *_: Any, **arguments: Any) -> str | ToolFailure:
        outcome = self._log.run(self._tool.spec.name, arguments, lambda: self._call(arguments))
        return outcome.content if outcome.ok else ToolFailure(message=outcome.content)

    def _call(self, arguments: dict[str, Any]) -> ToolOutcome:
        if time.monotonic() >= self._deadline:
            # The next model call ends the turn; until then nothing more is begun.
            return failed(
                DeadlineExceeded.code, "There is no time left. Answer with what you have."
            )
        return self._tool.call(arguments)


def bridged(tools: Iterable[Tool], log: ToolLog, deadline: float) -> list[BaseTool]:
    """`tools` for an agent of this turn. `deadline` is a `time.monotonic()` instant."""
    return [CrewTool(tool, log, deadline) for tool in tools]
