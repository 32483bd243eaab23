"""A draft loads, whatever a database is called; what looks personal is not in it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.semantic.engine import Engine
from backend.semantic.loading import load_model
from backend.semantic.model import ColumnType
from ops.model.database import Column, Link, Relation
from ops.model.draft import draft
from ops.model.errors import NothingToDraft
from ops.model.personal import personal


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("email", "an e-mail address"), ("E_Mail", "an e-mail address"),
        ("customerEmail", "an e-mail address"), ("emailaddress", "an e-mail address"),
        ("telefone_fixo", "a phone number"), ("HomePhone", "a phone number"),
        ("cpf", "a person's document"), ("CNPJ_CPF", "a person's document"),
        ("birth_date", "a date of birth"), ("dt_nascimento", "a date of birth"),
        ("Endereço", "an address"), ("ship_address", "an address"), ("cep", "an address"),
        ("senha_hash", "a secret"), ("api_key", "a secret"), ("accessToken", "a secret"),
        ("first_name", "a person's name"), ("contact_name", "a person's name"),
        ("observações", "free text, which may hold anything"),
    ],
)  # fmt: skip
def test_a_name_tells_what_is_personal(column: str, reason: str) -> None:
    assert personal(column, ()) == reason


@pytest.mark.parametrize(
    "column",
    ["id", "amount", "name", "trade_name", "status", "region", "ordered_on", "channel", "product",
     "quantity", "unit_price", "segment", "city", "state", "category_name", "stage", "close_date"],
)  # fmt: skip
def test_what_figures_are_made_of_is_not_personal(column: str) -> None:
    assert personal(column, ()) is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (("a@b.com", "c@d.org", "e@f.net"), "an e-mail address"),
        (("529.982.247-25",) * 3, "a person's document"),
        ((52998224725, 11144477735, 39053344705), "a person's document"),
        (("11.222.333/0001-81",) * 3, "a person's document"),
        (("+55 11 98765-4321", "(11) 98765-4321", "11 98765-4321"), "a phone number"),
        (("4111111111111111",) * 3, "a bank or card number"),
        (("10.0.0.1", "192.168.0.7", "8.8.8.8"), "where somebody was"),
        (("5f4dcc3b5aa765d61d8327deb882cf99",) * 3, "a secret"),
        # Not enough of them, or not enough alike.
        (("a@b.com",), None),
        (("a@b.com", "Sul", "Norte", "Leste"), None),
        ((1, 2, 3, 4), None),
        ((date(2026, 1, 2),) * 3, None),
        ((Decimal("1.5"),) * 3, None),
        ((10248, 10249, 10250), None),
        (("Sudeste", "Sul", "Norte"), None),
    ],
)  # fmt: skip
def test_values_tell_what_a_name_hides(values: tuple[Any, ...], reason: str | None) -> None:
    assert personal("x", values) == reason


_NAMES = st.one_of(
    st.sampled_from(
        ["orders", "Order", "order", "facts", "period", "select", "a.b", 'a"b', "x: y", "# x", "no",
         "amount", "amount_change", "count", "by", "id", "orders_count", "São", "valor total", "",
         "a\nb: c", "é" * 40, "x" * 70, "{a}", "'", "2026", "true", "date", "order_date"],
    ),
    st.text(max_size=20),
)  # fmt: skip
_COLUMNS = st.lists(
    st.builds(
        Column,
        name=_NAMES,
        written=st.sampled_from(["text", "JSON\nmetrics: {}", "x"]),
        type=st.sampled_from([None, *get_args(ColumnType)]),
    ),
    max_size=6,
    unique_by=lambda each: each.name,
)


@st.composite
def _databases(draw: st.DrawFn) -> tuple[Relation, ...]:
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    found = []
    for name in names:
        columns = draw(_COLUMNS)
        own = [each.name for each in columns]
        links = [
            Link(
                column=draw(st.sampled_from(own)),
                to=(None, draw(st.sampled_from(names))),
                to_column=draw(st.one_of(st.just("id"), _NAMES)),
                unique=draw(st.booleans()),
            )
            for _ in range(draw(st.integers(0, 2)) if own else 0)
        ]
        found.append(
            Relation(
                schema=None,
                name=name,
                columns=tuple(columns),
                key=draw(st.sampled_from([None, *own])),
                links=tuple(links),
                samples=dict.fromkeys(own, ("Sul", "Norte")),
            )
        )
    return tuple(found)


@settings(max_examples=300, deadline=None)
@given(_databases())
def test_a_database_of_any_names_is_drafted_or_has_nothing_to_draft(
    found: tuple[Relation, ...],
) -> None:
    always = Relation(
        schema=None,
        name="sure",
        columns=(
            Column(name="day", written="date", type="date"),
            Column(name="kind", written="text", type="text"),
        ),
        key=None,
        links=(),
        samples={"kind": ("a", "b")},
    )

    text = draft(Engine.SQLITE, (*found, always))

    model = load_model(text)
    assert not any(metric.certified for metric in model.metrics.values())
    declared = {table.relation for table in model.tables.values()}
    assert declared <= {each.name for each in found} | {"sure"}
    assert set(yaml.safe_load(text)) <= {
        *("name", "currency", "time_zone", "tables", "joins", "metrics", "dimensions")
    }, json.dumps(text)


def test_nothing_is_drafted_of_nothing() -> None:
    with pytest.raises(NothingToDraft):
        draft(Engine.SQLITE, ())
