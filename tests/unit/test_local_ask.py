"""The command that asks the demo question again can be pasted into a shell."""

import json
import shlex

import pytest

from ops.local.ask import DEMO_QUESTION, curl
from tests.unit.local_stack import STACK


@pytest.mark.parametrize("question", [DEMO_QUESTION, 'R$ 10 `x` "y" d\'água\n$(z) \\'])
def test_the_shell_reads_back_what_was_asked(question: str) -> None:
    words = shlex.split(curl(STACK, question, "joão"))
    assert words[:3] == ["curl", "-s", f"{STACK.api_url}/chat"]
    assert f"Authorization: Bearer {STACK.api_key}" in words
    assert json.loads(words[words.index("-d") + 1]) == {"user_id": "joão", "message": question}
