"""The passwords and keys that this stack makes up for itself, kept in `$DATA_DIR/secrets.json`."""

import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from ops.local import private_json


def _new_secret() -> str:
    """256 bits, in characters that need no quoting in a URL, a shell or a configuration file."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSecrets:
    """One password per login, and the key that the application encrypts with."""

    postgres: str = field(default_factory=_new_secret)
    sales_owner: str = field(default_factory=_new_secret)
    sales_app: str = field(default_factory=_new_secret)
    demo_owner: str = field(default_factory=_new_secret)
    demo_reader: str = field(default_factory=_new_secret)
    valkey: str = field(default_factory=_new_secret)
    secret_key: str = field(default_factory=_new_secret)


def load_or_create(path: Path) -> StackSecrets:
    """Read the secrets of this data directory, making up those it does not have yet."""
    known = private_json.read(path) or {}
    names = {entry.name for entry in fields(StackSecrets)}
    stack_secrets = StackSecrets(**{name: known[name] for name in names & known.keys()})
    if names - known.keys():
        private_json.write(path, asdict(stack_secrets))
    return stack_secrets
