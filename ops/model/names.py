"""Names that a model accepts, made of what a database calls its own."""

import re
import unicodedata


def plain_name(text: str) -> str:
    """Lower-case letters, digits and single _."""
    plain = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text))
    plain = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode().lower()).strip("_")
    plain = plain if plain[:1].isalpha() else f"t_{plain}"
    return plain[:50].strip("_")


class Names:
    """Names and labels that nothing else has."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._labels: set[str] = set()

    def name(self, wanted: str) -> str:
        """Within a metric's 40 letters, and not what a comparison of another would be called."""
        wanted = re.sub(r"_(previous|change|share)$", r"_\1_value", wanted)
        return _free(wanted, self._names, "_", 36)

    def label(self, wanted: str) -> str:
        return _free(wanted.replace("_", " "), self._labels, " ", 100)


def _free(wanted: str, used: set[str], joint: str, longest: int) -> str:
    wanted = wanted[:longest].strip(joint)
    found, number = wanted, 2
    while found in used:
        found, number = f"{wanted}{joint}{number}", number + 1
    used.add(found)
    return found
