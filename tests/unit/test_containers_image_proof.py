"""The proof of an image finds what a machine's package configuration would leave in it."""

from pathlib import Path

import pytest

from ops.containers.image_proof import faults_of_files

MARK = "https://registry.example/simple"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What every image of ours holds, and what is no fault in it."""
    for path in (
        "app/backend/settings.py",
        "etc/apt/sources.list.d/.keep",
        "opt/venv/lib/python3.11/site-packages/pip/pip.conf",
        "usr/share/doc/apt/examples/sources.list",
    ):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")
    (tmp_path / "etc/apt/sources.list.d/.keep").unlink()
    return tmp_path


def test_a_clean_image_has_no_fault(image: Path) -> None:
    assert list(faults_of_files(image, (MARK,))) == []


@pytest.mark.parametrize(
    "path",
    [
        "etc/pip.conf",
        "root/.config/pip/pip.conf",
        "tmp/.netrc",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/here.sources",
        "etc/apt/apt.conf.d/proxy",
        "run/secrets/ca",
        "app/.env",
        "app/.git/config",
    ],
)
def test_a_file_that_was_left_behind_is_named(image: Path, path: str) -> None:
    (image / path).parent.mkdir(parents=True, exist_ok=True)
    (image / path).write_text("x")
    (found,) = faults_of_files(image, (MARK,))
    assert found.removeprefix("it holds ") in (path, "app/.git")


def test_a_word_of_the_machine_is_found_wherever_it_stands(image: Path) -> None:
    (image / "app/backend/settings.py").write_text(f"URL = '{MARK}'")
    (found,) = faults_of_files(image, (MARK,))
    assert found.startswith("app/backend/settings.py")
