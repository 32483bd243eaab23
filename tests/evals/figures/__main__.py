"""`python -m tests.evals.figures [rounds]`: what the check of figures catches, by class of error."""

import sys

from tests.evals.figures.checked import Score, scores
from tests.evals.figures.fresh_eyes import SETS, fresh_score

#: Enough figures that no class hangs on luck; a minute.
ROUNDS = 20
MOST_LISTED = 12


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    for name, score in zip(("tuned on", "not tuned on"), scores(rounds), strict=True):
        _tell(f"shapes {name}", score)
    for name in SETS:
        _tell(f"by hand: {name}", fresh_score(name))
    return 0


def _tell(name: str, score: Score) -> None:
    print(f"\n{name}")
    for line in score.lines():
        print(f"  {line}")
    for shape, error, text in score.missed[:MOST_LISTED]:
        print(f"    missed {error} in {shape}: {text!r}")
    for shape, text, wrong in score.alarmed[:MOST_LISTED]:
        print(f"    alarmed by {shape}: {wrong} in {text!r}")


if __name__ == "__main__":
    sys.exit(main())
