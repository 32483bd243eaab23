"""Where the files of this folder lie, and the alerts in them."""

from pathlib import Path
from typing import Any

import yaml

from ops.local.root import ROOT

HERE = Path(__file__).parent
CONFIGURATION = HERE / "prometheus.yml"
RULES = HERE / "rules"
TESTS = HERE / "tests"
RUNBOOKS = ROOT / "ops" / "runbooks"


def read(path: Path) -> Any:
    """The content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def alerts() -> dict[str, dict[str, Any]]:
    """Every alert by its name, as its rule stands in the file."""
    return {
        rule["alert"]: rule
        for path in sorted(RULES.glob("*.yml"))
        for group in read(path)["groups"]
        for rule in group["rules"]
    }
