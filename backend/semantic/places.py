"""Where in the text of a model a problem stands: "metrics.revenue.sql" is line 41."""

import re

import yaml

_PLACE = re.compile(r"(?:line (?P<line>\d+): )?(?P<place>[\w.\[\]]+)?(?P<rest>.*)", re.DOTALL)
#: What the problem names within its place: "metrics.revenue: labels.en: …", "unknown key 'x'".
_INNER = re.compile(r": (?:(?P<keys>[\w.]+): )?(?:unknown key '(?P<key>[^']+)')?")
_STEP = re.compile(r"[^.\[\]]+")


class Places:
    """The lines of one text, by the path of keys that leads to them."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._lines: dict[tuple[str, ...], int] = {}
        #: An anchor is walked where it stands, not again wherever it is named.
        self._walked: set[int] = set()
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError):
            node = None
        if node is not None:
            self._walk(node, ())

    def located(self, problem: str) -> str:
        """The problem after its file and the nearest line of the place that it begins with."""
        found = _PLACE.match(problem)
        if found is not None and found["line"]:
            return f"{self._file}:{problem.removeprefix('line ')}"
        place = tuple(_STEP.findall(found["place"] or "")) if found else ()
        inner = _INNER.match(found["rest"]) if found else None
        if place and inner is not None:
            place = (*place, *_STEP.findall(inner["keys"] or ""), inner["key"] or "")
        while place and place not in self._lines:
            place = place[:-1]
        return f"{self._file}:{self._lines.get(place, 1)}: {problem}"

    def _walk(self, node: yaml.Node, path: tuple[str, ...]) -> None:
        if id(node) in self._walked:
            return
        self._walked.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, str(key.value))
                self._lines.setdefault(inner, key.start_mark.line + 1)
                self._walk(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                inner = (*path, str(number))
                self._lines.setdefault(inner, value.start_mark.line + 1)
                self._walk(value, inner)
