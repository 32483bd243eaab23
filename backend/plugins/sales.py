"""SalesPlugin: certified figures of the tenant's own sales, computed by the semantic layer."""

import asyncio
from typing import Annotated, get_args

from semantic_kernel.functions import kernel_function

from backend.domain.sales import Grain
from backend.domain.trace import ToolOutcome
from backend.plugins.parameters import one_of, some_day, whole_number
from backend.plugins.scope import ScopeArgument, TurnScope

