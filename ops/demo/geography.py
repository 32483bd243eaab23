"""Where the company sells: the regions and states of Brazil, and the cities of its customers."""

from dataclasses import dataclass
from random import Random

from ops.demo.rows import Region, State

NORTE, NORDESTE, CENTRO_OESTE, SUDESTE, SUL = range(1, 6)

REGIONS = (
    Region(NORTE, "Norte"),
    Region(NORDESTE, "Nordeste"),
    Region(CENTRO_OESTE, "Centro-Oeste"),
    Region(SUDESTE, "Sudeste"),
    Region(SUL, "Sul"),
)

STATES = (
    State("AC", "Acre", NORTE),
    State("AL", "Alagoas", NORDESTE),
    State("AM", "Amazonas", NORTE),
    State("AP", "Amapá", NORTE),
    State("BA", "Bahia", NORDESTE),
    State("CE", "Ceará", NORDESTE),
    State("DF", "Distrito Federal", CENTRO_OESTE),
    State("ES", "Espírito Santo", SUDESTE),
    State("GO", "Goiás", CENTRO_OESTE),
    State("MA", "Maranhão", NORDESTE),
    State("MG", "Minas Gerais", SUDESTE),
    State("MS", "Mato Grosso do Sul", CENTRO_OESTE),
    State("MT", "Mato Grosso", CENTRO_OESTE),
    State("PA", "Pará", NORTE),
    State("PB", "Paraíba", NORDESTE),
    State("PE", "Pernambuco", NORDESTE),
    State("PI", "Piauí", NORDESTE),
    State("PR", "Paraná", SUL),
    State("RJ", "Rio de Janeiro", SUDESTE),
    State("RN", "Rio Grande do Norte", NORDESTE),
    State("RO", "Rondônia", NORTE),
    State("RR", "Roraima", NORTE),
    State("RS", "Rio Grande do Sul", SUL),
    State("SC", "Santa Catarina", SUL),
    State("SE", "Sergipe", NORDESTE),
    State("SP", "São Paulo", SUDESTE),
    State("TO", "Tocantins", NORTE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    city: str
    uf: str
    region_id: int


def a_place(chance: Random) -> Place:
    """A city, in proportion to the business that its state and its size would bring."""
    uf = chance.choices(list(_CITIES), [weight for weight, _ in _CITIES.values()])[0]
    cities = _CITIES[uf][1]
    city = chance.choices(cities, [1 / rank for rank in range(1, len(cities) + 1)])[0]
    return Place(city=city, uf=uf, region_id=_REGION_OF[uf])


_REGION_OF = {state.uf: state.region_id for state in STATES}

# Weight of each state (close to its share of Brazil's GDP, the far North a little above it, so
# that the region is not empty), and its cities from the largest down.
_CITIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "SP": (
        280,
        ("São Paulo", "Campinas", "Guarulhos", "Ribeirão Preto", "Santos", "Sorocaba", "Bauru"),
    ),
    "RJ": (95, ("Rio de Janeiro", "Niterói", "Duque de Caxias", "Petrópolis")),
    "MG": (100, ("Belo Horizonte", "Uberlândia", "Contagem", "Juiz de Fora", "Montes Claros")),
    "ES": (24, ("Vitória", "Vila Velha", "Serra")),
    "PR": (75, ("Curitiba", "Londrina", "Maringá", "Cascavel", "Ponta Grossa")),
    "RS": (72, ("Porto Alegre", "Caxias do Sul", "Pelotas", "Santa Maria", "Passo Fundo")),
    "SC": (60, ("Florianópolis", "Joinville", "Blumenau", "Chapecó", "Itajaí")),
    "BA": (48, ("Salvador", "Feira de Santana", "Vitória da Conquista", "Ilhéus")),
    "PE": (36, ("Recife", "Jaboatão dos Guararapes", "Caruaru", "Petrolina")),
    "CE": (34, ("Fortaleza", "Juazeiro do Norte", "Sobral")),
    "MA": (14, ("São Luís", "Imperatriz")),
    "RN": (14, ("Natal", "Mossoró")),
    "PB": (13, ("João Pessoa", "Campina Grande")),
    "AL": (10, ("Maceió", "Arapiraca")),
    "SE": (8, ("Aracaju",)),
    "PI": (8, ("Teresina", "Parnaíba")),
    "GO": (36, ("Goiânia", "Anápolis", "Rio Verde")),
    "DF": (28, ("Brasília",)),
    "MT": (20, ("Cuiabá", "Rondonópolis", "Sinop")),
    "MS": (16, ("Campo Grande", "Dourados")),
    "PA": (20, ("Belém", "Ananindeua", "Santarém")),
    "AM": (18, ("Manaus",)),
    "RO": (8, ("Porto Velho", "Ji-Paraná")),
    "TO": (8, ("Palmas", "Araguaína")),
    "AC": (4, ("Rio Branco",)),
    "AP": (4, ("Macapá",)),
    "RR": (3, ("Boa Vista",)),
}
