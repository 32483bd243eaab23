"""The catalogue: eight categories of ten products, by the case or pack in which they are sold.

One price list holds for the whole history, so that a margin computed with today's cost is right
for any period.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ops.demo.chance import stream
from ops.demo.rows import Category, Product

BEBIDAS, MERCEARIA, LATICINIOS, CONGELADOS, LIMPEZA, HIGIENE, DESCARTAVEIS, UTENSILIOS = range(1, 9)

CATEGORIES = (
    Category(BEBIDAS, "Bebidas"),
    Category(MERCEARIA, "Mercearia"),
    Category(LATICINIOS, "Laticínios e Frios"),
    Category(CONGELADOS, "Congelados"),
    Category(LIMPEZA, "Limpeza"),
    Category(HIGIENE, "Higiene"),
    Category(DESCARTAVEIS, "Descartáveis"),
    Category(UTENSILIOS, "Utensílios"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product, with what the tables do not tell."""

    row: Product
    #: Share of its category's sales, in no unit: the first of a category sells best.
    popularity: float


def catalogue(seed: int) -> tuple[Item, ...]:
    return tuple(_items(seed))


def _items(seed: int) -> Iterator[Item]:
    number = 0
    for category, shelf in _SHELVES.items():
        chance = stream(seed, "catalogue", category)
        for rank, (name, price) in enumerate(shelf.products, start=1):
            number += 1
            # Costs of a category lie within four points of each other.
            percent = shelf.cost_percent + chance.randint(-4, 4)
            yield Item(
                row=Product(
                    id=number,
                    sku=f"{shelf.sku}-{rank:03d}",
                    name=name,
                    category_id=category,
                    list_price=Decimal(price),
                    unit_cost=(Decimal(price) * percent / 100).quantize(Decimal("0.01")),
                ),
                popularity=1 / (rank + 1),
            )


@dataclass(frozen=True, slots=True)
class _Shelf:
    sku: str
    cost_percent: int
    products: tuple[tuple[str, str], ...]


_SHELVES = {
    BEBIDAS: _Shelf(
        "BEB",
        71,
        (
            ("Água mineral sem gás 500 ml (fardo com 12)", "17.90"),
            ("Refrigerante de cola 2 L (fardo com 6)", "46.80"),
            ("Refrigerante de guaraná 350 ml (fardo com 12)", "34.90"),
            ("Suco de laranja integral 1 L (caixa com 12)", "118.80"),
            ("Cerveja pilsen 350 ml (fardo com 12)", "43.90"),
            ("Água de coco 200 ml (caixa com 24)", "69.60"),
            ("Suco de uva integral 1,5 L (caixa com 6)", "101.40"),
            ("Chá-mate gelado 1,5 L (fardo com 6)", "41.40"),
            ("Energético 473 ml (fardo com 6)", "53.90"),
            ("Vinho tinto de mesa 750 ml (caixa com 6)", "149.40"),
        ),
    ),
    MERCEARIA: _Shelf(
        "MER",
        79,
        (
            ("Arroz agulhinha tipo 1 5 kg (fardo com 6)", "162.00"),
            ("Feijão-carioca 1 kg (fardo com 10)", "84.90"),
            ("Café torrado e moído 500 g (fardo com 10)", "289.00"),
            ("Óleo de soja 900 ml (caixa com 20)", "158.00"),
            ("Açúcar cristal 5 kg (fardo com 6)", "119.40"),
            ("Farinha de trigo 25 kg (saco)", "109.90"),
            ("Macarrão espaguete 500 g (fardo com 20)", "89.80"),
            ("Molho de tomate 340 g (caixa com 24)", "62.40"),
            ("Azeite extravirgem 500 ml (caixa com 6)", "251.40"),
            ("Sal refinado 1 kg (fardo com 10)", "27.90"),
        ),
    ),
    LATICINIOS: _Shelf(
        "LAT",
        76,
        (
            ("Leite integral UHT 1 L (caixa com 12)", "62.28"),
            ("Muçarela em peça 4 kg", "159.60"),
            ("Manteiga com sal 500 g (caixa com 12)", "298.80"),
            ("Presunto cozido em peça 3,5 kg", "97.65"),
            ("Requeijão cremoso 1,5 kg (caixa com 6)", "197.40"),
            ("Creme de leite 200 g (caixa com 27)", "91.80"),
            ("Leite condensado 395 g (caixa com 27)", "172.80"),
            ("Queijo prato fatiado 1 kg", "51.90"),
            ("Iogurte natural 170 g (caixa com 12)", "38.40"),
            ("Parmesão ralado 1 kg", "79.90"),
        ),
    ),
    CONGELADOS: _Shelf(
        "CON",
        74,
        (
            ("Batata pré-frita 2 kg (caixa com 6)", "167.40"),
            ("Pão de queijo 1 kg (caixa com 10)", "189.00"),
            ("Filé de peito de frango 1 kg (caixa com 12)", "238.80"),
            ("Polpa de fruta sortida 1 kg (caixa com 10)", "158.00"),
            ("Hambúrguer bovino 90 g (caixa com 36)", "109.80"),
            ("Filé de tilápia 800 g (caixa com 10)", "389.00"),
            ("Legumes mistos 2 kg (caixa com 5)", "114.50"),
            ("Salgados sortidos para fritar (caixa com 300)", "189.90"),
            ("Massa de pizza pré-assada (caixa com 40)", "96.00"),
            ("Açaí com guaraná 10 L (balde)", "129.90"),
        ),
    ),
    LIMPEZA: _Shelf(
        "LIM",
        63,
        (
            ("Detergente neutro 5 L (caixa com 4)", "74.80"),
            ("Água sanitária 5 L (caixa com 4)", "47.60"),
            ("Desinfetante de lavanda 5 L (caixa com 4)", "69.20"),
            ("Álcool 70% 1 L (caixa com 12)", "95.88"),
            ("Saco para lixo 100 L (pacote com 100)", "58.90"),
            ("Desengordurante alcalino 5 L", "64.90"),
            ("Limpador multiuso 5 L (caixa com 4)", "85.60"),
            ("Esponja dupla face (caixa com 60)", "54.00"),
            ("Pano de limpeza em rolo 300 m", "119.90"),
            ("Sabão em pó 5 kg (fardo com 4)", "151.60"),
        ),
    ),
    HIGIENE: _Shelf(
        "HIG",
        66,
        (
            ("Papel higiênico folha dupla (fardo com 64)", "98.90"),
            ("Papel-toalha interfolhado (fardo com 5.000)", "79.90"),
            ("Sabonete líquido 5 L (caixa com 4)", "91.60"),
            ("Papel higiênico em rolão 300 m (fardo com 8)", "72.90"),
            ("Álcool em gel 70% 5 L", "69.90"),
            ("Guardanapo 33 × 33 cm (fardo com 2.000)", "66.50"),
            ("Lenço de papel (caixa com 50)", "112.50"),
            ("Touca descartável (caixa com 1.000)", "89.00"),
            ("Luva de procedimento (caixa com 1.000)", "268.00"),
            ("Kit de amenidades para hóspedes (caixa com 100)", "214.00"),
        ),
    ),
    DESCARTAVEIS: _Shelf(
        "DES",
        68,
        (
            ("Copo plástico 200 ml (caixa com 2.500)", "109.90"),
            ("Embalagem térmica para marmita (caixa com 100)", "62.90"),
            ("Copo plástico 50 ml (caixa com 5.000)", "94.50"),
            ("Embalagem kraft para entrega (pacote com 100)", "84.90"),
            ("Talher plástico reforçado (caixa com 1.000)", "91.00"),
            ("Filme PVC 28 cm × 300 m", "38.90"),
            ("Papel-alumínio 45 cm × 65 m", "43.50"),
            ("Canudo de papel (caixa com 2.000)", "87.00"),
            ("Bandeja de isopor (fardo com 400)", "69.90"),
            ("Sacola plástica reforçada (fardo com 1.000)", "74.00"),
        ),
    ),
    UTENSILIOS: _Shelf(
        "UTE",
        58,
        (
            ("Prato raso de porcelana (caixa com 12)", "178.80"),
            ("Copo de vidro 300 ml (caixa com 24)", "119.90"),
            ("Jogo de talheres de aço inox (72 peças)", "249.00"),
            ("Panela de alumínio 20 L", "219.00"),
            ("Assadeira de alumínio (conjunto com 5)", "189.00"),
            ("Faca de chef profissional 10 polegadas", "94.90"),
            ("Caixa organizadora 50 L", "79.90"),
            ("Garrafa térmica de inox 2 L", "159.00"),
            ("Lixeira com pedal 50 L", "189.90"),
            ("Carrinho de limpeza completo", "894.00"),
        ),
    ),
}
