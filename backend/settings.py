"""Every knob, and the only reader of the environment.

Values come from the environment, then from `.env`; `.env.example` documents each (a test
compares the two). What is wrong or missing stops the start with one line that names the
variable and what it should be: `load()` raises SettingsInvalid with that line.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.setting_forms import (
    MARKET_HOST,
    TracingSettings,
    directories,
    is_host,
    may_tell_market_data,
    starting,
    two_prices,
)

Provider = Literal["openai", "anthropic", "gemini", "openai_compatible", "offline"]

#: What each provider answers with when LLM_MODEL is empty: the house's small, current model.
DEFAULT_MODELS: dict[str, str] = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-haiku-4-5",
    "gemini": "gemini-2.5-flash",
    "offline": "offline",
}

_LAST_PORT = 65_535


class SettingsInvalid(Exception):
    """A variable is wrong or missing; the message is one line that says which and how."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    environment: Literal["local", "production"] = "local"
    log_format: Literal["json", "console"] = "json"
    app_today: date | None = None

    api_port: int = Field(8000, ge=1, le=_LAST_PORT)
    ui_port: int = Field(8501, ge=1, le=_LAST_PORT)
    metrics_port: int = Field(9191, ge=1, le=_LAST_PORT)
    port_offset: int = Field(0, ge=0, le=50_000)
    bind_host: str = "127.0.0.1"
    data_dir: Path = Path(".data")

    database_url: SecretStr | None = None
    migration_database_url: SecretStr | None = None
    app_redis_url: SecretStr | None = None
    secret_key: SecretStr | None = None

    llm_provider: Provider | None = None
    llm_model: str | None = None
    openai_api_key: SecretStr | None = None
    anthropic_api_key: SecretStr | None = None
    gemini_api_key: SecretStr | None = None
    llm_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    anthropic_base_url: str | None = None
    gemini_base_url: str | None = None
    llm_base_url: str | None = None
    llm_timeout_seconds: float = Field(30, gt=0, le=600)
    llm_price_per_million: str | None = None  # `input/output`, see price_per_million
    embedding_provider: Literal["local", "openai", "gemini"] = "local"

    chat_wait_seconds: float = Field(30, ge=0, le=300)
    turn_deadline_seconds: float = Field(120, gt=0, le=3600)
    worker_threads: int = Field(64, ge=1, le=256)
    bulk_threads: int = Field(4, ge=1, le=64)
    drain_seconds: float = Field(25, ge=0, le=600)
    fast_path: Literal["on", "off"] = "on"
    memory_most_exchanges: int = Field(5_000, ge=500, le=50_000)
    data_source_dirs: str | None = None  # see source_directories
    market_base_url: str | None = None

    # OpenTelemetry's own names. Without an endpoint nothing is traced.
    otel_exporter_otlp_endpoint: str | None = None
    otel_exporter_otlp_headers: SecretStr | None = None
    otel_instrumentation_genai_capture_message_content: bool = False

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in values.items()
            if not isinstance(value, str) or value.strip()
        }

    @field_validator("database_url", "migration_database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        return starting(value, "postgresql://", "postgres://")

    @field_validator("app_redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        return starting(value, "redis://", "rediss://", "unix://")

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value) < 32:
            raise ValueError("should have at least 32 characters")
        return value

    @field_validator("bind_host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        if not is_host(value):
            raise ValueError("should be an IP address or a host name, as in 127.0.0.1")
        return value

    @field_validator("market_base_url")
    @classmethod
    def _is_central_bank(cls, value: str | None) -> str | None:
        if value is not None and not may_tell_market_data(value):
            raise ValueError(f"should be https://{MARKET_HOST} or a server at http://127.0.0.1")
        return value

    @field_validator(
        "llm_base_url",
        "openai_base_url",
        "anthropic_base_url",
        "gemini_base_url",
        "otel_exporter_otlp_endpoint",
    )
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("should be an http:// or https:// address")
        return value

    @field_validator("data_source_dirs")
    @classmethod
    def _are_absolute(cls, value: str | None) -> str | None:
        if value is not None and directories(value) is None:
            raise ValueError("should be absolute paths of directories, joined by commas")
        return value

    @field_validator("llm_price_per_million")
    @classmethod
    def _is_two_prices(cls, value: str | None) -> str | None:
        if value is not None and two_prices(value) is None:
            raise ValueError("should be `input/output` in USD per million tokens, as in 0.15/0.60")
        return value

    @model_validator(mode="after")
    def _ports_exist(self) -> Self:
        for field in ("api_port", "ui_port", "metrics_port"):
            if getattr(self, field) + self.port_offset > _LAST_PORT:
                raise ValueError(f"{field.upper()} plus PORT_OFFSET should be at most {_LAST_PORT}")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        needs = {
            "openai": ("OPENAI_API_KEY", self.openai_api_key),
            "anthropic": ("ANTHROPIC_API_KEY", self.anthropic_api_key),
            "gemini": ("GEMINI_API_KEY", self.gemini_api_key),
            "openai_compatible": ("LLM_BASE_URL", self.llm_base_url),
        }
        for setting in ("llm_provider", "embedding_provider"):
            chosen = getattr(self, setting)
            name, given = needs.get(chosen, ("", True))
            if not given:
                raise ValueError(f"{name} should be set when {setting.upper()} is {chosen}")
        if self.llm_provider == "openai_compatible" and not self.llm_model:
            raise ValueError("LLM_MODEL should name a model when LLM_PROVIDER is openai_compatible")
        if self.llm_provider is None and self.provider == "offline":
            if self.llm_base_url:
                raise ValueError("LLM_MODEL should name a model when LLM_BASE_URL is set")
            if self.llm_api_key:
                raise ValueError("LLM_BASE_URL should be set when LLM_API_KEY is the only key")
        if self.environment == "production":
            for setting in ("database_url", "app_redis_url", "secret_key"):
                if getattr(self, setting) is None:
                    name = setting.upper()
                    raise ValueError(f"{name} should be set when ENVIRONMENT is production")
        return self

    @property
    def provider(self) -> Provider:
        """The configured provider; without one, the first that has a key, else `offline`."""
        if self.llm_provider is not None:
            return self.llm_provider
        if self.openai_api_key:
            return "openai"
        if self.anthropic_api_key:
            return "anthropic"
        if self.gemini_api_key:
            return "gemini"
        return "openai_compatible" if self.llm_base_url and self.llm_model else "offline"

    @property
    def model(self) -> str:
        return self.llm_model or DEFAULT_MODELS.get(self.provider, "")

    @property
    def price_per_million(self) -> tuple[Decimal, Decimal] | None:
        """USD per million input and output tokens, where the user says so."""
        return two_prices(self.llm_price_per_million) if self.llm_price_per_million else None

    @property
    def source_directories(self) -> tuple[Path, ...]:
        """Where a client's SQLite or DuckDB file, or folder, may lie. None given: nowhere."""
        return directories(self.data_source_dirs or "") or ()

    @property
    def tracing(self) -> TracingSettings:
        """Where spans go and what they tell, as `backend.observe.tracing.start` takes it."""
        headers = self.otel_exporter_otlp_headers
        return {
            "endpoint": self.otel_exporter_otlp_endpoint,
            "headers": headers.get_secret_value() if headers else None,
            "content": self.otel_instrumentation_genai_capture_message_content,
        }

    def required(self, name: Literal["database_url", "app_redis_url", "secret_key"]) -> str:
        """A value that this process cannot do without. Raises SettingsInvalid."""
        value: SecretStr | None = getattr(self, name)
        if value is None:
            raise SettingsInvalid(f"{name.upper()} should be set (`make up` sets it by itself)")
        return value.get_secret_value()


def load() -> Settings:
    """The settings of this process. Raises SettingsInvalid with one line for people."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsInvalid(message) from None
        name = str(first["loc"][0]).upper()
        raise SettingsInvalid(f"{name}: {message}") from None
