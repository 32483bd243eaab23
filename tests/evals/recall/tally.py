"""What was found of what should have been, by way, kind and language."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.evals.recall.question import KINDS

#: How many of the best are looked at.
DEPTHS = (5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    way: str
    kind: str
    language: str
    held_back: bool
    #: Share of the evidence that was found among the 5 and the 10 best; None: there is none.
    shares: tuple[float, float] | None
    #: Words of what the 10 best come to.
    words: int
    seconds: float


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A table for each half: R@5 and R@10 in percent, then R@10 by kind and language."""
    languages = sorted({each.language for each in findings})
    kinds = [kind for kind in KINDS if kind != "unanswerable"]
    for held_back in (False, True):
        half = [each for each in findings if each.held_back is held_back]
        if not half:
            continue
        yield ""
        yield "held back" if held_back else "tuned on"
        yield _row("", ["R@5", "R@10", *kinds, *languages, "words", "p50 ms", "p95 ms"])
        for way, its in _by_way(half).items():
            cells = [_share(its, 0), _share(its, 1)]
            cells += [_share([each for each in its if each.kind == kind], 1) for kind in kinds]
            cells += [_share([e for e in its if e.language == name], 1) for name in languages]
            cells.append(f"{fmean(each.words for each in its):.0f}")
            cells += [f"{_percentile(its, share) * 1000:.1f}" for share in (0.5, 0.95)]
            yield _row(way, cells)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"  {name:26}" + "".join(f"{cell:>14}" for cell in cells)


def _by_way(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    ways: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        ways[each.way].append(each)
    return ways


def _share(findings: Sequence[Finding], depth: int) -> str:
    shares = [each.shares[depth] for each in findings if each.shares is not None]
    return f"{100 * fmean(shares):.1f}" if shares else "–"


def _percentile(findings: Sequence[Finding], share: float) -> float:
    ordered = sorted(each.seconds for each in findings)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
