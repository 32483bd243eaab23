"""The SDKs' types for answers, built before threads share them.

OpenAI's and Anthropic's packages put off building a type until its first answer comes, and two threads
whose first answers come together may meet one that is half built: a paid call is then lost as unreadable.
"""

import typing
from typing import Any

from pydantic import BaseModel


def build(*roots: Any) -> None:
    """Build these types, or unions of types, and all that they hold."""
    waiting, known = list(roots), set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in known:
            continue
        known.add(id(each))
        if isinstance(each, type) and issubclass(each, BaseModel):
            each.model_rebuild()
            waiting += [field.annotation for field in each.model_fields.values()]
        waiting += typing.get_args(each)
