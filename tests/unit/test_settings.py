"""Settings: documented line by line, and refused in one line that names the variable."""

from pathlib import Path

import pytest

from backend.settings import Settings, SettingsInvalid, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _a_clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_env_example_documents_every_variable_and_nothing_else() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    documented = [line.split("=", 1)[0] for line in lines if line and not line.startswith("#")]
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)
    assert len(documented) == len(set(documented))


def test_the_values_in_env_example_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load()
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=", 1)
            monkeypatch.setenv(name, value)
    assert load() == plain


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("API_PORT", "abc", "API_PORT"),
        ("API_PORT", "70000", "API_PORT"),
        ("LLM_PROVIDER", "skynet", "LLM_PROVIDER"),
        ("LLM_PROVIDER", "openai", "OPENAI_API_KEY"),
        ("LLM_PROVIDER", "openai_compatible", "LLM_BASE_URL"),
        ("LLM_BASE_URL", "ftp://x", "LLM_BASE_URL"),
        ("APP_TODAY", "31/10/2026", "APP_TODAY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("ENVIRONMENT", "production", "DATABASE_URL"),
        ("CHAT_WAIT_SECONDS", "-1", "CHAT_WAIT_SECONDS"),
        ("LLM_PRICE_PER_MILLION", "cheap", "LLM_PRICE_PER_MILLION"),
        ("LLM_PRICE_PER_MILLION", "1/2/3", "LLM_PRICE_PER_MILLION"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    message = str(refusal.value)
    assert message.startswith(says)
    assert "\n" not in message


def test_a_secret_is_not_shown_by_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-key-of-somebody")
    assert "very-secret" not in repr(load())


@pytest.mark.parametrize(
    ("given", "provider"),
    [
        ({}, "offline"),
        ({"GEMINI_API_KEY": "k"}, "gemini"),
        ({"GEMINI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ({"GEMINI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}, "openai"),
        ({"OPENAI_API_KEY": "k", "LLM_PROVIDER": "offline"}, "offline"),
    ],
)
def test_without_a_provider_the_first_key_decides(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], provider: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert load().provider == provider
