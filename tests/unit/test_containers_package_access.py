"""What a build is told of this machine's registry: what reaches it, and nothing of its disk."""

from pathlib import Path

import pytest

from ops.containers import package_access
from ops.containers.package_access import configured


def test_the_environment_has_the_last_word() -> None:
    listed = "global.index-url='https://a/simple'\n:env:.index-url='https://b/simple'\n"
    assert configured(listed) == {"index-url": "https://b/simple"}


def test_places_on_this_machines_disk_are_left_out() -> None:
    listed = "global.extra-index-url='file:///somewhere https://a/simple /there'\n"
    assert configured(listed) == {"extra-index-url": "https://a/simple"}


def test_without_a_configuration_the_build_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setattr(package_access, "_pip_configuration", lambda: "")
    access = package_access.package_access(tmp_path)
    assert access.secrets == access.marks == ()
    assert list(tmp_path.iterdir()) == []


def test_what_reaches_the_registry_becomes_secrets_and_marks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("certificates")
    listed = (
        f"global.cert='{bundle}'\n"
        "global.constraint='/etc/constraints.txt'\n"
        "global.find-links='/opt/wheels'\n"
        "global.index-url='https://me:pw@registry.example/simple'\n"
    )
    monkeypatch.setattr(package_access, "_pip_configuration", lambda: listed)
    private = tmp_path / "private"
    private.mkdir()
    access = package_access.package_access(private)
    assert access.secrets == (f"id=ca,src={private}/ca.pem", f"id=pip,src={private}/pip.conf")
    assert access.marks == ("https://me:pw@registry.example/simple",)
    assert (private / "ca.pem").read_text() == "certificates"
    assert (private / "pip.conf").stat().st_mode & 0o077 == 0
    assert (private / "pip.conf").read_text() == (
        "[global]\nindex-url = https://me:pw@registry.example/simple\ncert = /run/secrets/ca\n"
    )
