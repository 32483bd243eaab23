"""The demo's playbook: documents that can be cited, and that say what the company's data show."""

from datetime import date
from pathlib import Path

import pytest

from ops.demo.orders import CONTRACT_DISCOUNT, HIGHEST_DISCOUNT
from ops.demo.returns import ACCEPTED_WITHIN_DAYS

PLAYBOOK = Path(__file__).parents[2] / "knowledge" / "demo" / "playbook"


def test_there_is_a_playbook() -> None:
    assert len(list(PLAYBOOK.glob("*.md"))) >= 5


@pytest.mark.parametrize("path", sorted(PLAYBOOK.glob("*.md")), ids=lambda path: path.stem)
def test_playbook_documents_can_be_cited(path: Path) -> None:
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front_matter.splitlines())
    assert fields.keys() == {"title", "language", "updated"}
    assert fields["language"] == "pt"
    assert date.fromisoformat(fields["updated"]).isoformat() == fields["updated"]
    assert body.startswith(f"\n# {fields['title']}\n")
    assert body.count("\n## ") >= 4


def test_playbook_says_what_the_company_does() -> None:
    discounts = (PLAYBOOK / "politica-de-descontos.md").read_text(encoding="utf-8")
    returns = (PLAYBOOK / "devolucoes-e-reclamacoes.md").read_text(encoding="utf-8")
    assert f"até {HIGHEST_DISCOUNT:.0%}" in discounts
    assert f"no mínimo {CONTRACT_DISCOUNT:.0%}" in discounts
    for reason, days in ACCEPTED_WITHIN_DAYS.items():
        assert f"| {reason.capitalize()} | {days} dias |" in returns
