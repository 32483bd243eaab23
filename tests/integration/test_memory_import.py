"""History brought over HTTP: recallable, once, by whoever it belongs to, and counted line by line."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import Figures, figures_stage
from tests.integration.patience import until

TALK = [
    ("user", "A Padaria União pediu desconto de 12% no pedido de março"),
    ("assistant", "Anotei: 12% para a Padaria União, com entrega na quinta"),
    ("user", "E remarque a visita ao Mercado Central para sexta"),
]


@pytest.fixture(scope="module")
def on(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    with figures_stage(module_database, _valkey, tmp_path_factory.mktemp("import")) as stage:
        yield stage


def lines(user: str, *, names: bool = True) -> list[str]:
    return [
        json.dumps(
            {
                "user_id": user,
                "conversation_id": f"{user}-march",
                "role": role,
                "text": text,
                "at": f"2026-03-02T09:0{number}:00-03:00",
                **({"external_id": f"{user}-{number}"} if names else {}),
            }
        )
        for number, (role, text) in enumerate(TALK)
    ]


def bring(on: Figures, said: list[str], *, key: str | None = None) -> httpx.Response:
    return httpx.post(
        f"{on.on.door.url}/conversations/import",
        content="\n".join(said).encode(),
        headers={"Authorization": f"Bearer {key or on.on.a.admin}"},
        timeout=60,
    )


def look(
    on: Figures, user: str, query: str, *, key: str | None = None, k: int = 10
) -> httpx.Response:
    with on.on.door.client(key or on.on.a.operator) as client:
        return client.get(f"/users/{user}/memory", params={"query": query, "k": k})


def remembered(on: Figures, user: str, query: str, **given: Any) -> list[dict[str, Any]]:
    answer = look(on, user, query, **given)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_what_was_brought_is_found_with_its_own_names(on: Figures) -> None:
    told = bring(on, lines("ana")).json()
    assert told["status"] == "done"
    assert (told["accepted"], told["stored"], told["rejected"]) == (3, 3, 0)
    best = remembered(on, "ana", "qual desconto a padaria pediu?", k=1)[0]
    assert best["external_id"] == "ana-0"
    assert best["conversation_id"] == "ana-march"
    assert best["role"] == "user"
    assert best["at"].startswith("2026-03-02T12:00:00")
    assert best["lexical"] > 0


def test_the_same_lines_are_kept_once(on: Figures) -> None:
    bring(on, lines("bia"))
    again = bring(on, lines("bia")).json()
    assert (again["stored"], again["repeated"]) == (0, 3)
    assert len(remembered(on, "bia", "padaria mercado visita", k=10)) == 3


def test_the_same_name_of_another_user_is_another_line(on: Figures) -> None:
    one = [line.replace("carla-", "same-") for line in lines("carla")]
    other = [line.replace("dora-", "same-") for line in lines("dora")]
    assert bring(on, one).json()["stored"] == 3
    assert bring(on, other).json()["stored"] == 3


def test_rejected_lines_are_told_with_their_reason_and_the_rest_is_kept(on: Figures) -> None:
    broken = [
        "not json",
        json.dumps({"user_id": "eva"}),
        lines("eva")[0].replace('"user"', '"robot"'),
        lines("eva")[0].replace("2026-03-02T09:00:00-03:00", "yesterday"),
        lines("eva")[0].replace("-03:00", ""),
        '{"user_id": "eva\\u0000"}',
        lines("eva")[0].replace("2026-03-02T09:00:00-03:00", "0001-01-01T00:00:00+14:00"),
        lines("eva")[0].replace("2026-03-02T09:00:00-03:00", "9999-12-31T23:59:59-12:00"),
        *lines("eva"),
    ]
    told = bring(on, broken).json()
    assert (told["lines"], told["accepted"], told["rejected"]) == (11, 3, 8)
    assert [each["line"] for each in told["rejections"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(each["reason"] for each in told["rejections"])
    assert len(remembered(on, "eva", "visita", k=10)) == 3


@pytest.mark.parametrize("body", [[], ["", "  "]])
def test_nothing_is_no_import(on: Figures, body: list[str]) -> None:
    assert bring(on, body).status_code == 400


def test_only_administrators_bring_and_only_operators_look(on: Figures) -> None:
    assert bring(on, lines("fe"), key=on.on.a.chat).status_code == 403
    assert look(on, "ana", "x", key=on.on.a.chat).status_code == 403


def test_another_tenant_sees_neither_import_nor_memory(on: Figures) -> None:
    told = bring(on, lines("gil")).json()
    other = on.on.b
    assert on.get(f"/imports/{told['import_id']}", key=other.admin).status_code == 404
    assert look(on, "gil", "padaria", key=other.operator).status_code == 404


def test_vectors_follow(on: Figures) -> None:
    bring(on, lines("hugo"))

    def all_there() -> bool:
        items = remembered(on, "hugo", "remarcar a visita", k=3)
        return bool(items) and all(item["semantic"] is not None for item in items)

    until(all_there)


def test_a_thousand_lines_come_in_chunks_and_in_order(on: Figures) -> None:
    said = [
        json.dumps(
            {
                "user_id": "ines",
                "conversation_id": "long",
                "role": "user",
                "text": f"linha número {number} sobre o pedido {number}",
                "at": "2026-03-02T09:00:00Z",
                "external_id": str(number),
            }
        )
        for number in range(1_000)
    ]
    told = bring(on, said).json()
    until(
        lambda: on.get(f"/imports/{told['import_id']}", key=on.on.a.admin).json()["stored"] == 1_000
    )
    found = remembered(on, "ines", "pedido 500", k=1)
    assert {item["external_id"] for item in found} == {"499", "500", "501"}


def test_what_was_brought_helps_to_answer(on: Figures) -> None:
    bring(on, lines("joana"))
    body = on.post(
        "/chat",
        {"user_id": "joana", "message": "que desconto a Padaria União pediu em março?"},
        key=on.on.a.chat,
    ).json()
    assert "12%" in " ".join(line["text"] for line in body["memory"])
    assert {line["source"] for line in body["memory"]} == {"recall"}


@pytest.mark.parametrize("query", ["", "   ", "x" * 9_000])
def test_a_question_is_needed(on: Figures, query: str) -> None:
    assert look(on, "ana", query).status_code == 400


def test_somebody_unknown_has_no_memory(on: Figures) -> None:
    assert look(on, "nobody", "x").status_code == 404
