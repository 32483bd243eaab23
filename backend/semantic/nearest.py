"""What a name that is not known was most likely meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

# A model declares dozens; more than these would hide the sentence that they end.
_MOST_NAMED = 40


def among(name: object, known: Iterable[str], called: str = "declared") -> str:
    """The end of a problem: "did you mean 'orders'? declared: orders, returns"."""
    names = list(dict.fromkeys(map(str, known)))
    near = get_close_matches(name, names, n=1) if isinstance(name, str) else []
    hint = f"did you mean {near[0]!r}? " if near else ""
    told = ", ".join(names[:_MOST_NAMED]) or "none"
    return f"{hint}{called}: {told}{', …' if len(names) > _MOST_NAMED else ''}"
