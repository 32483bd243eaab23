"""The bridge from Semantic Kernel functions to the tools that a crew is handed.

A kernel is built once per process (one per turn costs three times the CPU, and each function
object leaves two OpenTelemetry instruments behind for good). What differs from turn to turn,
the scope, travels with each call as an argument that no schema shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from semantic_kernel import Kernel
from semantic_kernel.filters import FilterTypes
from semantic_kernel.functions import KernelArguments, KernelFunction

from backend.domain.chat import ToolSpec
from backend.domain.errors import InvalidRequest, SourceUnavailable
from backend.domain.ports import Tool
from backend.domain.trace import ToolOutcome
from backend.plugins import sales
from backend.plugins.arguments import read_arguments
from backend.plugins.guard import SCOPE, TOOL_SECONDS, guarded
from backend.plugins.loop import shared_loop
from backend.plugins.market import MarketPlugin
from backend.plugins.outcomes import failed
from backend.plugins.playbook import PlaybookPlugin
from backend.plugins.scope import TurnScope
from backend.plugins.series import SeriesSource

log = structlog.get_logger(__name__)

#: Specialist -> the plugins whose functions are its tools.
SPECIALISTS: Mapping[str, tuple[str, ...]] = {
    "sales": ("sales", "playbook"),
    "market": ("market",),
}


def build_kernel(central_bank: SeriesSource) -> Kernel:
    """The process's kernel, with every plugin and the filter that watches them."""
    kernel = Kernel()
    kernel.add_plugin(sales.SalesPlugin(), plugin_name="sales")
    kernel.add_plugin(MarketPlugin(central_bank), plugin_name="market")
    kernel.add_plugin(PlaybookPlugin(), plugin_name="playbook")
    kernel.add_filter(FilterTypes.FUNCTION_INVOCATION, guarded)
    return kernel


def toolbox(scope: TurnScope, kernel: Kernel) -> Mapping[str, tuple[Tool, ...]]:
    """The tools of one turn by specialist, "sales" and "market". Cheap: call it for each turn."""
    return {
        specialist: tuple(
            KernelTool(scope, kernel, function)
            for plugin in plugins
            if plugin in scope.plugins
            for function in kernel.get_plugin(plugin).functions.values()
        )
        for specialist, plugins in SPECIALISTS.items()
    }
