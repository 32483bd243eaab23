"""The sales team: who sells in which region, from when to when, and how well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ops.demo.chance import stream
from ops.demo.geography import CENTRO_OESTE, NORDESTE, NORTE, SUDESTE, SUL
from ops.demo.names import FIRST_NAMES, SURNAMES
from ops.demo.rows import Seller

# 24 people, placed where the customers are.
_SEATS = {NORTE: 2, NORDESTE: 5, CENTRO_OESTE: 2, SUDESTE: 10, SUL: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPerson:
    """A seller, with what the tables do not tell."""

    id: int
    name: str
    region_id: int
    hired_on: date
    left_on: date | None
    #: Around 1: their share of the region's customers and of the deals that they win.
    strength: float
    #: 0 to 1: how readily they give a discount.
    leniency: float

    def employed_on(self, day: date) -> bool:
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)

    def row(self, today: date) -> Seller:
        return Seller(self.id, self.name, self.region_id, self.hired_on, self.employed_on(today))


def sales_team(seed: int) -> tuple[SalesPerson, ...]:
    """Everyone who ever sold for the company, in the order of hiring; ids follow that order."""
    chance = stream(seed, "sellers")
    regions = [region for region, seats in _SEATS.items() for _ in range(seats)]
    first_names = chance.sample(FIRST_NAMES, len(regions))
    surnames = chance.sample(SURNAMES, len(regions))
    names = [f"{first} {last}" for first, last in zip(first_names, surnames, strict=True)]
    posts = [
        (_hired_on(chance, founder=region not in regions[:seat]), name, region)
        for seat, (region, name) in enumerate(zip(regions, names, strict=True))
    ]
    posts.sort()
    leavers = _leavers(chance, posts)
    return tuple(
        SalesPerson(
            id=number,
            name=name,
            region_id=region,
            hired_on=hired_on,
            left_on=leavers.get(name),
            strength=chance.uniform(0.55, 1.6),
            leniency=chance.random(),
        )
        for number, (hired_on, name, region) in enumerate(posts, start=1)
    )


def _hired_on(chance: Random, *, founder: bool) -> date:
    """No region is ever without a seller: its first was there before any history, and stays."""
    first, last = (2009, 2012) if founder else (2014, 2024)
    return date(chance.randint(first, last), chance.randint(1, 12), chance.choice((1, 2, 3, 6, 15)))


def _leavers(chance: Random, posts: Sequence[tuple[date, str, int]]) -> dict[str, date]:
    """Two of those who came after the founders have left since, on a day of 2024 and of 2026."""
    later = [name for hired_on, name, _ in posts if date(2013, 1, 1) < hired_on < date(2022, 1, 1)]
    first, second = chance.sample(later, 2)
    days = chance.randrange(300), chance.randrange(180)
    return {
        first: date(2024, 2, 1) + timedelta(days=days[0]),
        second: date(2026, 1, 15) + timedelta(days=days[1]),
    }
