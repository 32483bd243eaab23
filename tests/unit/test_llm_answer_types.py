"""Answer types of the SDKs are whole before the first answer comes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: In a process of its own: once built they stay so.
PROGRAM = """
import json, sys
from {sdk} import {names}
from backend.llm.answer_types import build
from pydantic import BaseModel
def unbuilt():
    seen, todo = set(), [BaseModel]
    while todo:
        for kind in todo.pop().__subclasses__():
            todo.append(kind)
            if not kind.__pydantic_complete__:
                seen.add(kind.__name__)
    return seen
before = unbuilt()
build({names})
print(json.dumps([sorted(before & set({held})), sorted(unbuilt() & set({held}))]))
"""


@pytest.mark.parametrize(
    ("sdk", "names", "held"),
    [
        (
            "openai.types.chat",
            "ChatCompletion, ChatCompletionChunk",
            ["ChatCompletion", "ChatCompletionChunk", "ChatCompletionMessage", "CompletionUsage"],
        ),
        (
            "anthropic.types",
            "Message, RawMessageStreamEvent",
            ["Message", "TextBlock", "ToolUseBlock", "Usage", "RawMessageStartEvent"],
        ),
    ],
)
def test_all_that_an_answer_holds_is_built(sdk: str, names: str, held: list[str]) -> None:
    program = PROGRAM.format(sdk=sdk, names=names, held=held)
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    before, after = json.loads(told)
    assert before == sorted(held)
    assert after == []
