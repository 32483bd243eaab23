"""The configuration for a stack on this machine: the same jobs and rules, its own addresses."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ops.local.stack_file import StackFile
from ops.prometheus.files import CONFIGURATION, RULES, read


def configuration(stack: StackFile, rules: Path = RULES) -> dict[str, Any]:
    """What Prometheus is told. Nothing in it is secret: from this machine no key is needed."""
    written = read(CONFIGURATION)
    addresses = {"api": stack.api_url, "worker": stack.worker_metrics_url}
    return {
        "global": written["global"],
        "rule_files": [str(rules / "*.yml")],
        "scrape_configs": [
            {
                "job_name": job["job_name"],
                "static_configs": [{"targets": [urlsplit(addresses[job["job_name"]]).netloc]}],
            }
            for job in written["scrape_configs"]
        ],
    }
