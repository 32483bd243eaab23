"""The count of tokens against what tokenizers counted."""

from pathlib import Path

import yaml

from backend.memory.token_count import tokens_of

COUNTED = yaml.safe_load(
    (Path(__file__).parent / "data" / "token_counts.yaml").read_text(encoding="utf-8")
)["texts"]


def test_no_sentence_is_taken_for_much_less_than_it_is() -> None:
    sentences = [(counted, text) for _, counted, text in COUNTED if counted > 20]
    assert sentences
    assert [text for counted, text in sentences if tokens_of(text) < 0.8 * counted] == []


def test_nor_are_texts_of_a_language_for_much_more() -> None:
    for language in ("pt", "en", "es"):
        texts = [(counted, text) for each, counted, text in COUNTED if each == language]
        counted = sum(each for each, _ in texts)
        assert 0.95 * counted <= sum(tokens_of(text) for _, text in texts) <= 1.35 * counted


def test_four_characters_a_token_would_be_far_too_few() -> None:
    """The twin: what is told of figures is mostly digits and marks."""
    with_figures = [(counted, text) for _, counted, text in COUNTED if "R$" in text]
    assert sum(len(text) / 4 for _, text in with_figures) < 0.8 * sum(
        counted for counted, _ in with_figures
    )


def test_nothing_is_no_token() -> None:
    assert tokens_of("") == tokens_of(" \n") == 0
