"""`make eval`: the golden questions put to the whole product, with the configured provider.

    python -m tests.evals [--only NAME] [--parse-only]

Starts a stack of its own on the settings of this checkout (`.env`), asks every question of every
set, and prints how it was read (`POST /metrics/parse`) and answered (`POST /chat`), what that took
in tokens and money, and every question that went wrong. Sets that the parser was tuned on are
printed apart from those it has not seen.
"""

import argparse
import sys
from collections.abc import Sequence

from ops.load.stack_process import StackUnderTest
from ops.local import configuration
from ops.local.errors import StackError
from tests.evals.client import Client
from tests.evals.companies import Companies
from tests.evals.question_set import QuestionSet, question_sets
from tests.evals.run import Answered, ask, parse
from tests.evals.verdict import Parsed, score

#: Wrong ones listed for a set; more say nothing new.
MOST_LISTED = 40


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    companies = Companies()
    sets = [*question_sets(), *companies.question_sets()]
    chosen = [each for each in sets if options.only in (None, each.name)]
    if not chosen:
        sys.stderr.write(f"No set is called {options.only}.\n")
        return 2
    wrong = 0
    for today in sorted({each.today for each in chosen}):
        settings = dict(configuration.load().environment) | companies.settings
        try:
            with StackUnderTest(settings=settings, today=today) as stack, companies:
                stack.up()
                with Client(stack.published) as client:
                    for each in (one for one in chosen if one.today == today):
                        client.open_source(each.source, companies)
                        wrong += _evaluate(client, each, parse_only=options.parse_only)
        except StackError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 1 if wrong else 0


def _evaluate(client: Client, questions: QuestionSet, *, parse_only: bool) -> int:
    """Print how a set went; the number of questions that were told as understood and were not."""
    seen = "tuned on" if questions.tuned else "not seen before"
    print(f"\n{questions.name} ({len(questions.questions)} questions, {seen})", flush=True)
    parsed = [parse(client, questions, each) for each in questions.questions]
    for line in score(parsed).lines():
        print(f"  {line}")
    _list([each for each in parsed if each.is_wrong], "told as understood, and wrong")
    _list([each for each in parsed if not each.is_exact and _is_in_scope(each)], "not exact")
    if not parse_only:
        _tell_answers([ask(client, questions, each) for each in questions.questions])
    sys.stdout.flush()
    return sum(each.is_wrong for each in parsed)


def _tell_answers(answered: Sequence[Answered]) -> None:
    inside = [each for each in answered if each.right is not None]
    right = sum(bool(each.right) for each in inside)
    seconds = sorted(each.time_ms for each in answered)
    share = right / len(inside) if inside else 0.0
    print(f"  answered right   {share:7.1%}  ({right} of {len(inside)})")
    print(
        f"  {sum(each.llm_calls for each in answered)} model calls, "
        f"{sum(each.tokens for each in answered)} tokens, "
        f"USD {sum(each.cost_usd for each in answered):.4f}; "
        f"median {seconds[len(seconds) // 2]} ms"
    )
    for each in [one for one in inside if not one.right][:MOST_LISTED]:
        print(f"    answered wrong: {each.question.text!r} -> {each.text[:120]!r}")


def _list(parsed: Sequence[Parsed], what: str) -> None:
    for each in parsed[:MOST_LISTED]:
        print(f"    {what}: {each.question.text!r} -> {each.query}")


def _is_in_scope(parsed: Parsed) -> bool:
    return parsed.question.expected is not None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--only", help="only the set of this name")
    parser.add_argument("--parse-only", action="store_true", help="read the questions, ask none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
