"""The console's texts, from `words/<language>.yaml`, in the language of the address or session."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
import yaml

LANGUAGES = ("pt", "en")
_FOLDER = Path(__file__).with_name("words")


def language() -> str:
    """`lang` of the address, which the session then keeps; Portuguese by default."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state["language"] = asked
    kept: str = st.session_state.get("language", LANGUAGES[0])
    return kept


def say(key: str, **values: str) -> str:
    """The text of `key`. `values` are our own figures and dates: most texts are drawn as Markdown."""
    return texts(language())[key].format(**values)


def say_or(key: str, otherwise: str) -> str:
    """The text of `key` where there is one: for codes and names that the API may add to."""
    return texts(language()).get(key, otherwise)


@cache
def texts(chosen: str) -> Mapping[str, str]:
    """All texts of a language by dotted key."""
    tree = yaml.safe_load(_FOLDER.joinpath(f"{chosen}.yaml").read_text("utf-8"))
    return dict(_flat(tree, ""))


def _flat(tree: Mapping[str, Any], above: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{above}{name}"
        found += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return found
