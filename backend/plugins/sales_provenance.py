"""Where figures come from, as short as a model can quote it and a person check it."""

from hashlib import sha256
from typing import Any

from backend.domain.sales import MetricTable
from backend.semantic.model import SemanticModel
from backend.semantic.query_arguments import query_to_arguments

#: Enough to tell two answers apart.
_HASH_DIGITS = 16
#: What the rest of the answer says already, or what does not decide which rows are counted.
_TOLD_ELSEWHERE = frozenset({"dimensions", "from", "to", "data_source"})


def provenance(model: SemanticModel, table: MetricTable) -> dict[str, Any]:
    """The query as it was run, narrowed to what the asker may see; the model; a hash of it all.

    The same statement over the same rows has the same hash, read now or kept.
    """
    query = query_to_arguments(table.query)
    return {
        "filters": {},
        **{name: value for name, value in query.items() if name not in _TOLD_ELSEWHERE},
        "time_zone": model.time_zone,
        "model_version": table.model_version,
        "hash": fingerprint(table),
    }


def fingerprint(table: MetricTable) -> str:
    """The beginning of the SHA-256 of the statement and its rows, cells as text."""
    digest = sha256(table.sql.encode())
    for row in table.rows:
        # Lengths keep ("ab", "c") from ("a", "bc").
        for name, value in row.items():
            text = f"{name}={value!s}".encode()
            digest.update(b"%d:%b" % (len(text), text))
    return digest.hexdigest()[:_HASH_DIGITS]
