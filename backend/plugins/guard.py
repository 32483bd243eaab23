"""The kernel's function-invocation filter: every call of a kernel function passes here.

It writes the call down, denies plugins that the turn does not have, ends what takes too long
and turns any exception into an outcome with a public code. Semantic Kernel therefore never
sees an exception, and no exception's text reaches a model or a reader.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from semantic_kernel.filters.functions.function_invocation_context import (
    FunctionInvocationContext,
)
from semantic_kernel.functions import FunctionResult, KernelFunction

from backend.domain.errors import (
    DeadlineExceeded,
    InvalidRequest,
    NotAllowed,
    SalesCrewError,
    SourceUnavailable,
)
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import failed
from backend.plugins.scope import KernelCall, TurnScope

log = structlog.get_logger(__name__)

#: The argument that carries the scope to kernel functions.
SCOPE = "scope"

#: Client databases end a statement after 5 s. A tool that has taken twice that will not answer,
#: and the model needs the rest of the turn.
TOOL_SECONDS = 10.0


async def guarded(
    context: FunctionInvocationContext,
    next: Callable[[FunctionInvocationContext], Awaitable[None]],  # noqa: A002 - the name SK calls
) -> None:
    """Run one kernel function for the turn in `context.arguments`."""
    scope: TurnScope = context.arguments[SCOPE]
    arguments = {name: value for name, value in context.arguments.items() if name != SCOPE}
    call = KernelCall(name=tool_name(context.function), arguments=arguments)
    scope.calls.append(call)
    started = time.monotonic()
    outcome = await _outcome(context, next, scope)
    call.time_ms = round((time.monotonic() - started) * 1000)
    call.error = outcome.error
    context.result = FunctionResult(function=context.function.metadata, value=outcome)


def tool_name(function: KernelFunction) -> str:
    """The name a model knows it by; the kernel's own has a hyphen, which not all models take."""
    return f"{function.plugin_name}_{function.name}"


async def _outcome(
    context: FunctionInvocationContext,
    proceed: Callable[[FunctionInvocationContext], Awaitable[None]],
    scope: TurnScope,
) -> ToolOutcome:
    left = scope.deadline - time.monotonic()
    try:
        if context.function.plugin_name not in scope.plugins:
            raise NotAllowed
        if left <= 0:
            raise DeadlineExceeded
        async with asyncio.timeout(min(left, TOOL_SECONDS)):
            await proceed(context)
    except InvalidRequest as error:
        # Its messages are written for whoever made the request: here, the model.
        return failed(error.code, scope.language, detail=str(error))
    except SalesCrewError as error:
        return failed(error.code, scope.language)
    except TimeoutError:
        code = SourceUnavailable.code if left > TOOL_SECONDS else DeadlineExceeded.code
        return failed(code, scope.language)
    except Exception:
        # A plugin may break in any way; the turn goes on, and only the log sees how.
        log.exception("tool.broke", tool=tool_name(context.function))
        return failed("internal", scope.language)
    assert context.result is not None  # noqa: S101 - proceed() always sets it or raises
    outcome: ToolOutcome = context.result.value
    return outcome
