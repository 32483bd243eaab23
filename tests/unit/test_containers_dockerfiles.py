"""The Dockerfiles: sound, in step with the local stack; planted faults are found."""

import re
import tomllib
from pathlib import Path

import pytest

from ops.containers.check import DOCKERFILES, faults
from ops.containers.dockerfile_rules import faults_by_hadolint, faults_by_rules
from ops.containers.images import IMAGES
from ops.local.application import Backing, programs
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.ports import Ports

ROOT = Path(__file__).parents[2]
API, WORKER = (path.read_text(encoding="utf-8") for path in DOCKERFILES)


def test_nothing_is_wrong_with_them() -> None:
    assert faults() == []


def test_the_worker_lives_in_the_environment_that_the_local_stack_gives_it() -> None:
    nothing = Backing(database_url="", redis_url="", secret_key="")
    local = Configuration(
        data=DataDirectory(Path("/data")),
        ports=Ports(api=1, metrics=2),
        drain_seconds=1,
        environment={},
    )
    worker = programs(local, nothing)[1].environment
    decided_by_compose = {"ENVIRONMENT", "PORT_OFFSET", "DATA_DIR", "API_PORT", "METRICS_PORT"}
    given = {"DATABASE_URL", "APP_REDIS_URL", "SECRET_KEY"}
    for name in worker.keys() - decided_by_compose - given:
        (value,) = re.findall(rf"^(?:ENV)?\s+{name}=(\S+)", WORKER, re.MULTILINE)
        if name == "HOME" or name.startswith("XDG_"):
            assert value.startswith("/tmp"), name  # noqa: S108 - the tmpfs
        else:
            assert value == worker[name], name


def test_the_images_carry_the_projects_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for text in (API, WORKER):
        assert set(re.findall(r"ARG VERSION=(\S+)", text)) == {project["version"]}
    assert set(re.findall(r"image: sales-crew-\w+:(\S+)", compose)) == {project["version"]}


def test_every_image_that_can_be_run_is_built_by_the_proof() -> None:
    for dockerfile, text in (("Dockerfile.api", API), ("Dockerfile.worker", WORKER)):
        stages = re.split(r"^FROM \S+ AS (\S+)$", text, flags=re.MULTILINE)[1:]
        runnable = {
            name for name, body in zip(*[iter(stages)] * 2, strict=True) if "\nCMD " in body
        }
        assert runnable == {image.name for image in IMAGES if image.dockerfile == dockerfile}


def test_nothing_enters_a_build_unless_it_is_named() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source.removeprefix("./")
        for text in (API, WORKER)
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert not [n for n in named if n.startswith((".", "tests")) or n == "ops"]
    for source in copied:
        assert any(source == name or source.startswith(f"{name}/") for name in named), source


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("USER 10001:10001\n", "", "USER should be"),
        ("USER 10001:10001\n", "USER root\n", "USER should be"),
        ("USER 10001:10001\n", "USER sales\n", "USER should be"),
        ("USER 10001:10001\n", "USER 10001:10001\nUSER 0:0\n", "USER should be"),
        ("STOPSIGNAL SIGTERM\n", "", "STOPSIGNAL should"),
        ("HEALTHCHECK ", "HEALTHCHECK NONE\n# ", "HEALTHCHECK should"),
        ("COPY crews ./crews\n", "COPY . .\n", "not all of the context"),
        ("COPY crews ./crews\n", "ADD crews ./crews\n", "not ADD"),
        ("        --require-hashes", "       ", "by their hashes"),
        ("    METRICS_PORT=9191\n", "    METRICS_PORT=9191 REGISTRY_TOKEN=x\n", "has a secret"),
        ("WORKDIR /app\n", "WORKDIR /app\nRUN apt-get update\n", "apt-get should not"),
        (
            "-r requirements-worker.txt \\\n",
            "--index-url=x -r r.txt \\\n",
            "--index-url should not",
        ),
        ("image.licenses=", "image.licence=", "image.licenses should be set"),
        ('CMD ["python", "-m", "backend.jobs"]\n', "", "no stage has a CMD"),
    ],
)
def test_our_rules_find_a_planted_fault(before: str, after: str, says: str) -> None:
    assert before in WORKER
    found = faults_by_rules(WORKER.replace(before, after))
    assert [fault for fault in found if says in fault]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("FROM python:3.11-slim AS install", "FROM python AS install", "DL3006"),
        ("FROM python:3.11-slim AS install", "FROM python:latest AS install", "DL3007"),
        ("USER 10001:10001", "USER root", "DL3002"),
        ("WORKDIR /app", "WORKDIR app", "DL3000"),
        ('CMD ["python", "-m", "backend.jobs"]', "CMD python -m backend.jobs", "DL3025"),
    ],
)
def test_hadolint_finds_a_planted_fault(tmp_path: Path, before: str, after: str, rule: str) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(WORKER.replace(before, after))
    assert [line for line in faults_by_hadolint(path) if rule in line]
