"""The `id` of the address: which conversation or turn a page is about."""

from uuid import UUID

import streamlit as st


def asked_identifier() -> str | None:
    """As the API writes it; None where there is none, or none that could be a UUID."""
    try:
        return str(UUID(st.query_params.get("id", "")))
    except ValueError:
        return None
