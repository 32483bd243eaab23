"""The one bridge from Semantic Kernel functions to the tools that a crew is handed."""

from collections.abc import Mapping
from typing import Any

import structlog
from semantic_kernel import Kernel
from semantic_kernel.functions import KernelArguments, KernelFunction

from backend.domain.chat import ToolSpec
from backend.domain.errors import InvalidRequest, SourceUnavailable
from backend.domain.ports import Tool
from backend.domain.trace import ToolOutcome
from backend.observe import spans
from backend.plugins.arguments import read_arguments
from backend.plugins.guard import SCOPE, TOOL_SECONDS, tool_name
from backend.plugins.loop import shared_loop
from backend.plugins.outcomes import failed
from backend.plugins.parameters import public_name, schema_of
from backend.plugins.sales_names import with_names
from backend.plugins.scope import TurnScope

log = structlog.get_logger(__name__)

#: Specialist -> the plugins whose functions are its tools.
SPECIALISTS: Mapping[str, tuple[str, ...]] = {
    "sales": ("sales", "playbook"),
    "market": ("market",),
}

#: The filter ends a call after TOOL_SECONDS. Past this much more the loop itself is stuck, and
#: the turn must not wait for it.
_GRACE_SECONDS = 2.0


def toolbox(scope: TurnScope, kernel: Kernel) -> Mapping[str, tuple[Tool, ...]]:
    """The tools of one turn by specialist, "sales" and "market". Cheap: made for each turn."""
    return {
        specialist: tuple(
            KernelTool(scope, kernel, function)
            for plugin in plugins
            if plugin in scope.plugins
            for function in kernel.get_plugin(plugin).functions.values()
        )
        for specialist, plugins in SPECIALISTS.items()
    }


class KernelTool:
    """A kernel function as a Tool of one turn."""

    def __init__(self, scope: TurnScope, kernel: Kernel, function: KernelFunction) -> None:
        self._scope = scope
        self._kernel = kernel
        self._function = function
        self._schema = schema_of(function)
        self.spec = ToolSpec(
            name=tool_name(function),
            description=function.description or "",
            parameters=with_names(self._schema, scope),
        )

    def call(self, arguments: Mapping[str, Any]) -> ToolOutcome:
        """See Tool. Not for the tool loop's own thread, which would wait for itself."""
        with spans.tool(self.spec.name) as span:
            outcome = self._called(arguments)
            spans.worked(span, arguments, outcome)
            return outcome

    def _called(self, arguments: Mapping[str, Any]) -> ToolOutcome:
        try:
            # Against the schema without this tenant's names: whether a name is defined is the
            # semantic layer's to say, and is another answer than a malformed call.
            given = read_arguments(self._schema, arguments)
        except InvalidRequest as error:
            return failed(error.code, self._scope.language, detail=str(error))
        try:
            return shared_loop().run(self._invoke(given), seconds=TOOL_SECONDS + _GRACE_SECONDS)
        except TimeoutError:
            log.exception("tool.loop_stuck", tool=self.spec.name)
            return failed(SourceUnavailable.code, self._scope.language)

    async def _invoke(self, given: Mapping[str, Any]) -> ToolOutcome:
        parameters = {public_name(each): each.name for each in self._function.parameters}
        arguments = KernelArguments()
        arguments.update({parameters[name]: value for name, value in given.items()})
        arguments[SCOPE] = self._scope
        result = await self._kernel.invoke(self._function, arguments)
        if result is None:
            # Semantic Kernel's way of saying that the operation was cancelled.
            return failed("internal", self._scope.language)
        outcome: ToolOutcome = result.value
        return outcome
