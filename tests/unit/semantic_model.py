"""The demo company's semantic model, as the tests of the semantic layer read it."""

from pathlib import Path

from backend.semantic.loading import load_model

TEXT = (Path(__file__).parents[2] / "knowledge" / "demo" / "sales.yaml").read_text(encoding="utf-8")
MODEL = load_model(TEXT)
