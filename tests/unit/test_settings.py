"""Settings: documented line by line, and refused in one line that names the variable."""

from pathlib import Path

import pytest
from pydantic import SecretStr

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
        ("EMBEDDING_PROVIDER", "anthropic", "EMBEDDING_PROVIDER"),
        ("EMBEDDING_PROVIDER", "openai", "OPENAI_API_KEY should be set when EMBEDDING_PROVIDER is"),
        ("EMBEDDING_PROVIDER", "gemini", "GEMINI_API_KEY should be set when EMBEDDING_PROVIDER is"),
        ("LLM_BASE_URL", "ftp://x", "LLM_BASE_URL"),
        ("APP_TODAY", "31/10/2026", "APP_TODAY"),
        ("SECRET_KEY", "short", "SECRET_KEY: should have at least 32 characters"),
        ("ENVIRONMENT", "production", "DATABASE_URL"),
        ("CHAT_WAIT_SECONDS", "-1", "CHAT_WAIT_SECONDS"),
        ("LLM_PRICE_PER_MILLION", "cheap", "LLM_PRICE_PER_MILLION"),
        ("LLM_PRICE_PER_MILLION", "1/2/3", "LLM_PRICE_PER_MILLION"),
        ("MARKET_BASE_URL", "http://evil", "MARKET_BASE_URL: should be https://api.bcb.gov.br"),
        ("MARKET_BASE_URL", "https://api.bcb.gov.br.evil", "MARKET_BASE_URL: should be https://"),
        ("MARKET_BASE_URL", "http://api.bcb.gov.br", "MARKET_BASE_URL: should be https://"),
        ("MARKET_BASE_URL", "http://[", "MARKET_BASE_URL: should be https://"),
        ("MARKET_BASE_URL", "http://localhost:x", "MARKET_BASE_URL: should be https://"),
        ("APP_REDIS_URL", "http://x", "APP_REDIS_URL: should be a redis://"),
        ("DATABASE_URL", "rubbish", "DATABASE_URL: should be a postgresql://"),
        ("MIGRATION_DATABASE_URL", "mysql://x", "MIGRATION_DATABASE_URL: should be a postgresql"),
        ("BIND_HOST", "999", "BIND_HOST: should be an IP address or a host name"),
        ("BIND_HOST", "256.0.0.1", "BIND_HOST: should be an IP address or a host name"),
        ("BIND_HOST", "http://here", "BIND_HOST: should be an IP address or a host name"),
        ("LLM_BASE_URL", "http://model", "LLM_MODEL should name a model when LLM_BASE_URL"),
        ("LLM_API_KEY", "k", "LLM_BASE_URL should be set when LLM_API_KEY"),
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


@pytest.mark.parametrize("name", ["API_PORT", "UI_PORT", "METRICS_PORT"])
def test_a_port_that_the_offset_moves_too_far_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "65530")
    monkeypatch.setenv("PORT_OFFSET", "5")
    assert load().port_offset == 5
    monkeypatch.setenv("PORT_OFFSET", "6")
    with pytest.raises(SettingsInvalid, match=f"^{name} plus PORT_OFFSET"):
        load()


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "MIGRATION_DATABASE_URL", "APP_REDIS_URL", "SECRET_KEY"]
)
def test_a_refused_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "ftp://me:hunter2@db")
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARKET_BASE_URL", "https://api.bcb.gov.br"),
        ("MARKET_BASE_URL", "http://127.0.0.1:8099"),
        ("MARKET_BASE_URL", "http://localhost:8099/"),
        ("APP_REDIS_URL", "rediss://:pw@cache:6379/1"),
        ("APP_REDIS_URL", "unix:///run/valkey.sock"),
        ("DATABASE_URL", "postgres://me@db/sales"),
        ("BIND_HOST", "0.0.0.0"),  # noqa: S104 - read, not bound
        ("BIND_HOST", "::1"),
        ("BIND_HOST", "api-1.internal"),
    ],
)
def test_what_is_right_is_taken_as_given(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    taken = getattr(load(), name.lower())
    assert value == (taken.get_secret_value() if isinstance(taken, SecretStr) else taken)


def test_blank_values_count_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load()
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), " ")
    assert load() == plain


def test_a_blank_key_does_not_serve_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_PROVIDER", "openai")
    monkeypatch.setenv("OPENAI_API_KEY", " \t")
    with pytest.raises(SettingsInvalid, match=r"^OPENAI_API_KEY"):
        load()


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
        ({"OPENAI_API_KEY": " ", "GEMINI_API_KEY": "k"}, "gemini"),
        ({"OPENAI_API_KEY": "k", "LLM_BASE_URL": "http://model"}, "openai"),
        ({"LLM_BASE_URL": "http://model", "LLM_MODEL": "m"}, "openai_compatible"),
        ({"LLM_API_KEY": "k", "LLM_PROVIDER": "offline"}, "offline"),
    ],
)
def test_without_a_provider_the_first_key_decides(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], provider: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert load().provider == provider
