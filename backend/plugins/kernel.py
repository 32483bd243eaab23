"""The Semantic Kernel of this process: every plugin, and the filter that watches them.

Built once. One per turn would cost three times the CPU of a call, and each of its function
objects would leave two OpenTelemetry instruments behind for good. What differs from turn to
turn, the TurnScope, travels with each call instead, as an argument that no schema shows.
"""

from semantic_kernel import Kernel
from semantic_kernel.filters import FilterTypes

from backend.plugins.guard import guarded
from backend.plugins.market import MarketPlugin
from backend.plugins.playbook import PlaybookPlugin
from backend.plugins.sales import SalesPlugin
from backend.plugins.series import SeriesSource


def build_kernel(central_bank: SeriesSource) -> Kernel:
    """The kernel with the plugins that TurnScope.plugins names."""
    kernel = Kernel()
    kernel.add_plugin(SalesPlugin(), plugin_name="sales")
    kernel.add_plugin(MarketPlugin(central_bank), plugin_name="market")
    kernel.add_plugin(PlaybookPlugin(), plugin_name="playbook")
    kernel.add_filter(FilterTypes.FUNCTION_INVOCATION, guarded)
    return kernel
