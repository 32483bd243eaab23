"""The stacks that the tests share: one without a model, and one whose model hears every call."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.fake_model import ModelThread, WatchedModel
from tests.e2e.stack import TODAY, Stack

#: Shorter than an answer may take, so that a worker that drains has something to give back.
DRAIN_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStack:
    """A stack and the model that it talks to."""

    stack: Stack
    model: WatchedModel


@pytest.fixture(scope="session")
def offline_stack() -> Iterator[Stack]:
    with Stack({"LLM_PROVIDER": "offline"}) as stack:
        yield stack


@pytest.fixture(scope="session")
def model_stack() -> Iterator[ModelStack]:
    model = WatchedModel(TODAY)
    with (
        ModelThread(model) as serving,
        Stack(
            {
                "LLM_PROVIDER": "openai_compatible",
                "LLM_BASE_URL": serving.base_url,
                "LLM_MODEL": "gpt-4o-mini",
                "LLM_API_KEY": "none",
                # A call that the model holds up is not made again.
                "LLM_TIMEOUT_SECONDS": "600",
                "DRAIN_SECONDS": str(DRAIN_SECONDS),
            }
        ) as stack,
    ):
        yield ModelStack(stack=stack, model=model)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under a failure stands what the stack's programs said last."""
    report = yield
    for fixture in item.funcargs.values() if report.failed else ():
        if isinstance(fixture, Stack):
            report.sections.extend(fixture.last_words())
    return report
