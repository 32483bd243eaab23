"""Which names are most like what somebody wrote: without case and accents, whole, in part, or misspelt."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from backend.semantic.folding import folded

#: More than this nobody chooses from.
MOST = 10
#: Of 100. Below it, two names share a few letters and no more.
LEAST = 72.0


def alike(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The best first; a name that holds the text comes before one that only resembles it."""
    wanted = folded(text)
    if not wanted:
        return ()
    spelt = [folded(name) for name in names]
    held = [name for name, each in zip(names, spelt, strict=True) if wanted in each]
    near = process.extract(wanted, spelt, scorer=fuzz.WRatio, score_cutoff=LEAST, limit=MOST)
    found = dict.fromkeys((*sorted(held, key=len), *(names[index] for _, _, index in near)))
    return tuple(found)[:MOST]
