"""What the pages read: kept for a few seconds, so that a click does not ask the same again.

The cache belongs to the session and knows the key by its hash only.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import api_client

#: What was read stays this fresh; a page that is redrawn within it asks nothing.
_KEPT_SECONDS = 5
_KEY = "key"


def key() -> str | None:
    """The key that was signed in with."""
    kept: str | None = st.session_state.get(_KEY)
    return kept


def keep_key(value: str) -> None:
    st.session_state[_KEY] = value


def forget_key() -> None:
    st.session_state.pop(_KEY, None)
    forget()


def forget() -> None:
    """What was read is out of date: something was changed."""
    _read.clear()


def read(path: str, params: Mapping[str, str] | None = None) -> Any:
    """Raises ApiFailed."""
    held = key()
    hashed = "" if held is None else hashlib.sha256(held.encode()).hexdigest()
    return _read(path, tuple(sorted((params or {}).items())), hashed, held)


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=100, show_spinner=False, scope="session")
def _read(path: str, params: tuple[tuple[str, str], ...], hashed: str, _key: str | None) -> Any:
    return api_client.get(path, _key, dict(params))
