"""Vectors of texts that were embedded lately, known by a digest: no text stays in memory for it."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

#: A question is asked for twice, to recall by it and, once it is answered, to remember it.
#: 16 kB a vector of 512 Python numbers, 8 MB in all.
KEPT_VECTORS = 512
#: More texts than this at once are a history: each of them is embedded once, and none kept.
FEW_TEXTS = 8

Vector = list[float]


class KeptVectors:
    """The last vectors of one model. Shared by all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._vectors: OrderedDict[bytes, Vector] = OrderedDict()

    def find(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Those of the texts that are known."""
        if len(texts) > FEW_TEXTS:
            return {}
        found: dict[str, Vector] = {}
        with self._lock:
            for text in texts:
                key = _digest(text)
                if key in self._vectors:
                    self._vectors.move_to_end(key)
                    found[text] = self._vectors[key]
        return found

    def keep(self, vectors: dict[str, Vector]) -> None:
        if len(vectors) > FEW_TEXTS:
            return
        with self._lock:
            for text, vector in vectors.items():
                self._vectors[_digest(text)] = vector
            while len(self._vectors) > KEPT_VECTORS:
                self._vectors.popitem(last=False)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
