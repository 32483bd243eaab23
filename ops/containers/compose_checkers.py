"""The two checkers of compose files that need no engine; each finds what the other misses.

The schema (`compose.schema.json`) is the Compose Specification's own, Apache-2.0, as the npm
package dclint 3.1.0 ships it; `compose-spec` is a Rust library that reads files into typed fields.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from compose_spec import PyCompose
from jsonschema import Draft7Validator

_SCHEMA = Path(__file__).with_name("compose.schema.json")


def faults_by_schema(content: dict[str, Any]) -> list[str]:
    """Return what the schema refuses: unknown keys, forms that no key takes."""
    return [
        f"compose schema: {'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _validator().iter_errors(content)
    ]


def faults_by_types(content: dict[str, Any]) -> list[str]:
    """Return what the typed reader refuses: values that do not parse as what the key means."""
    try:
        PyCompose.from_json(json.dumps(content))
    except ValueError as error:
        return [f"compose-spec: {error}"]
    return []


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
