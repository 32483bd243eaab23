"""What our processes export, and what a PromQL expression asks for."""

import inspect
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import promql_parser as promql
from prometheus_client.metrics import MetricWrapperBase

from backend.observe import metrics

#: What each kind of metric is called in a scrape, after its name.
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
#: Prometheus adds these to whatever it scrapes.
TARGET_LABELS = frozenset({"job", "instance"})
#: What Prometheus itself says of each scrape.
SCRAPES = ("up", "scrape_duration_seconds")
#: prometheus-client's own, on Linux; a test asks the real processes for them.
PROCESS = ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds")

_GRAFANA = re.compile(r"\$__rate_interval")


def exported() -> dict[str, frozenset[str]]:
    """The labels of every series, by its name."""
    found = dict.fromkeys((*SCRAPES, *PROCESS), TARGET_LABELS)
    for metric in declared():
        labels = TARGET_LABELS | set(metric._labelnames)
        for series in series_of(metric):
            found[series] = labels | ({"le"} if series.endswith("_bucket") else set())
    return found


def series_of(metric: MetricWrapperBase) -> list[str]:
    assert metric._type is not None
    return [f"{metric._name}{suffix}" for suffix in _SUFFIXES[metric._type]]


def declared() -> list[MetricWrapperBase]:
    return [
        value for _, value in inspect.getmembers(metrics) if isinstance(value, MetricWrapperBase)
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an expression asks for."""

    #: Series -> labels that it is chosen or grouped by.
    labels: dict[str, set[str]]
    #: The labels that the result is grouped by.
    groups: set[str]


def asked(expression: str) -> Asked:
    """Raises ValueError for what is no PromQL."""
    labels: dict[str, set[str]] = defaultdict(set)
    groups: set[str] = set()

    def visit(node: Any) -> None:
        selector = node.vector_selector if isinstance(node, promql.MatrixSelector) else node
        if isinstance(selector, promql.VectorSelector):
            assert selector.name is not None, expression
            labels[selector.name] |= {each.name for each in selector.matchers.matchers}
        elif isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            assert node.modifier.type == promql.AggModifierType.By, expression
            groups.update(node.modifier.labels)
            for name in asked(node.expr.prettify()).labels:
                labels[name] |= set(node.modifier.labels)

    promql.walk(promql.parse(_GRAFANA.sub("5m", expression)), visit)
    return Asked(dict(labels), groups)


def faults(expression: str) -> list[str]:
    """What the expression asks for and no process of ours exports."""
    known = exported()
    found = []
    for name, labels in asked(expression).labels.items():
        if name not in known:
            found.append(f"nothing exports {name}")
        elif unknown := labels - known[name]:
            found.append(f"{name} has no {', '.join(sorted(unknown))}")
    return found
