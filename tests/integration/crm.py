"""A CRM that nobody cleaned, made from clean records that its figures can be added up from.

Seeded: the same rows on every machine and engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from backend.semantic.loading import load_model
from backend.semantic.model import SemanticModel
from tests.integration.three_engines import Relation

MODEL_FILE = Path(__file__).parent / "data" / "crm" / "model.yaml"
FIRST_DAY, LAST_DAY = date(2024, 7, 1), date(2026, 6, 30)

_ACCOUNTS = (
    ("Acme Corp", "technology", "USA"),
    ("Bluth Company", "retail", "USA"),
    ("Cancity", "retail", "Brasil"),
    ("Dontech", "technology", "Brasil"),
    ("Ganjaflex", "medical", "Chile"),
)
_PRODUCTS = (("GTX Pro", "GTX"), ("GTX Basic", "GTX"), ("MG Special", "MG"), ("GTK 500", "GTK"))
_AGENTS = (("Ana Souza", "Melvin"), ("Rui Costa", "Melvin"), ("Zelda Lima", "Dora"))
_STAGES = ("Ganho", "Perdido", "Em negociação", "Prospecção")
_DIRTY: Mapping[str, tuple[str, ...]] = {
    "Ganho": ("Won", "won", "WON ", " Won"),
    "Perdido": ("Lost", "LOST", "lost "),
    "Em negociação": ("Engaging", "engaging "),
    "Prospecção": ("Prospecting", "PROSPECTING"),
    "Preço": ("preço", "Preco ", "price"),
    "Concorrente": ("Concorrente", "competitor"),
    "Prazo": ("prazo", "Prazo "),
    "call": ("Call", "call ", "CALL"),
    "email": ("E-mail", "email", "e-mail "),
    "meeting": ("Meeting", "meeting"),
    "technology": ("technology", "technolgy", "Technology "),
    "retail": ("retail", "Retail"),
    "medical": ("medical",),
    "USA": ("USA", "U.S.", "United States"),
    "Brasil": ("Brasil", "brazil", "BR"),
    "Chile": ("Chile ",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    #: Clean: every row with its day and all that is known of it.
    deals: tuple[Mapping[str, Any], ...]
    activities: tuple[Mapping[str, Any], ...]
    #: As the database has it.
    relations: tuple[Relation, ...]


def crm_model() -> SemanticModel:
    return load_model(MODEL_FILE.read_text(encoding="utf-8"), MODEL_FILE.name)


def generate_crm(seed: int = 7) -> Crm:
    chance = Random(seed)
    deals = tuple(_deal(chance, number) for number in range(600))
    activities = tuple(_activity(chance, number) for number in range(900))
    return Crm(
        deals=deals,
        activities=activities,
        relations=(
            _texts(
                "crm_deals",
                "deal_id agent product account stage engaged closed value lost_reason",
                [_deal_row(chance, each) for each in deals],
            ),
            Relation(
                name="crm_activities",
                columns={"activity_id": "integer"}
                | dict.fromkeys(("agent", "account", "kind", "happened", "minutes"), "text"),
                rows=[_activity_row(chance, each) for each in activities],
            ),
            _texts(
                "crm_accounts",
                "account sector country",
                [
                    (f" {name}", _dirty(chance, sector), _dirty(chance, country))
                    for name, sector, country in _ACCOUNTS
                ],
            ),
            _texts("crm_products", "product series", list(_PRODUCTS)),
            _texts("crm_agents", "agent manager", list(_AGENTS)),
        ),
    )


def _deal(chance: Random, number: int) -> dict[str, Any]:
    stage = chance.choices(_STAGES, (40, 30, 20, 10))[0]
    engaged = _day(chance)
    decided = stage in ("Ganho", "Perdido")
    return {
        "id": f"D{number:04}",
        "stage": stage,
        "engaged": engaged,
        "day": min(engaged + timedelta(chance.randrange(90)), LAST_DAY) if decided else None,
        "amount": Decimal(chance.randrange(1, 900_000)) / 100 if stage == "Ganho" else None,
        "lost_reason": chance.choice(("Preço", "Concorrente", "Prazo", None))
        if stage == "Perdido"
        else None,
        **_about(chance),
        **dict(zip(("product", "series"), chance.choice(_PRODUCTS), strict=True)),
    }


def _activity(chance: Random, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "day": _day(chance),
        "activity_kind": chance.choice(("call", "email", "meeting")),
        "minutes": Decimal(chance.randrange(1, 20)) * 15 / 2,
        **_about(chance),
    }


def _about(chance: Random) -> dict[str, Any]:
    """Whose and with whom; one in eight with nobody."""
    account = (None, None, None) if chance.random() < 1 / 8 else chance.choice(_ACCOUNTS)
    return {
        **dict(zip(("account", "sector", "country"), account, strict=True)),
        **dict(zip(("agent", "manager"), chance.choice(_AGENTS), strict=True)),
    }


def _day(chance: Random) -> date:
    return FIRST_DAY + timedelta(chance.randrange((LAST_DAY - FIRST_DAY).days + 1))


def _deal_row(chance: Random, deal: Mapping[str, Any]) -> tuple[Any, ...]:
    closed = deal["day"]
    amount = deal["amount"]
    return (
        deal["id"],
        _case(chance, deal["agent"]),
        _key(chance, deal["product"]),
        _key(chance, deal["account"]),
        _dirty(chance, deal["stage"]),
        f"{deal['engaged']} ",
        chance.choice((None, "", " "))
        if closed is None
        else chance.choice((f"{closed:%d/%m/%Y}", closed.isoformat(), f" {closed:%d/%m/%Y}")),
        chance.choice((None, "", "0"))
        if amount is None
        else f"{amount:,.2f}".translate(str.maketrans(",.", ".,")),
        _dirty(chance, deal["lost_reason"]),
    )


def _activity_row(chance: Random, activity: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        activity["id"],
        _case(chance, activity["agent"]),
        _key(chance, activity["account"]),
        _dirty(chance, activity["activity_kind"]),
        f"{activity['day']} {chance.randrange(24):02}:05",
        f"{activity['minutes']}".replace(".", ","),
    )


def _dirty(chance: Random, clean: str | None) -> str | None:
    return None if clean is None else chance.choice(_DIRTY[clean])


def _case(chance: Random, name: str) -> str:
    return chance.choice((name, name.upper(), name.lower(), f"{name}  "))


def _key(chance: Random, name: str | None) -> str | None:
    if name is None:
        return None
    return _case(chance, chance.choice((name, name.replace(" ", ""))))


def _texts(name: str, columns: str, rows: list[tuple[Any, ...]]) -> Relation:
    return Relation(name=name, columns=dict.fromkeys(columns.split(), "text"), rows=rows)
