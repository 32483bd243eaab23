"""Names as Brazilians write them: people, and the companies that a distributor sells to."""

from dataclasses import dataclass
from random import Random

FIRST_NAMES = (
    "Adriana", "Alexandre", "Aline", "Antônio", "Beatriz", "Bruno", "Camila", "Carlos", "Cláudia",
    "Daniela", "Diego", "Eduardo", "Elaine", "Felipe", "Fernanda", "Gabriela", "Gustavo", "Helena",
    "Igor", "Isabela", "João", "Juliana", "Larissa", "Leandro", "Luciana", "Marcelo", "Mariana",
    "Mateus", "Natália", "Otávio", "Patrícia", "Paulo", "Priscila", "Rafael", "Renata", "Rodrigo",
    "Sabrina", "Sérgio", "Tatiane", "Thiago", "Vanessa", "Vinícius",
)  # fmt: skip

SURNAMES = (
    "Almeida", "Andrade", "Araújo", "Azevedo", "Barbosa", "Barros", "Batista", "Borges", "Cardoso",
    "Carvalho", "Castro", "Cavalcanti", "Correia", "Costa", "Cunha", "Dias", "Duarte", "Farias",
    "Fernandes", "Ferreira", "Fonseca", "Freitas", "Garcia", "Gomes", "Gonçalves", "Lima", "Lopes",
    "Machado", "Martins", "Medeiros", "Melo", "Mendes", "Monteiro", "Moraes", "Moreira", "Moura",
    "Nascimento", "Nogueira", "Nunes", "Oliveira", "Pereira", "Pinto", "Queiroz", "Ramos", "Reis",
    "Ribeiro", "Rocha", "Santana", "Santos", "Silveira", "Soares", "Souza", "Teixeira", "Vasconcelos",
    "Vieira",
)  # fmt: skip

SEGMENTS = (
    "Restaurantes",
    "Supermercados",
    "Hotelaria",
    "Padarias",
    "Saúde",
    "Educação",
    "Empresas",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyName:
    """`legal` is the razão social, `trade` the nome fantasia: what people say and write."""

    legal: str
    trade: str


def a_company_name(chance: Random, segment: str) -> CompanyName:
    kinds, trade, endings = _BUSINESS[segment]
    trade_name = f"{chance.choice(kinds)} {_core(chance)}"
    return CompanyName(
        legal=f"{trade_name} {trade} {chance.choice(endings)}",
        trade=trade_name,
    )


def _core(chance: Random) -> str:
    """What follows the kind of business: a place or a saint, or the family that owns it."""
    draw = chance.random()
    if draw < 0.62:
        return chance.choice(_CORES)
    first, second = chance.sample(SURNAMES, 2)
    return f"Irmãos {first}" if draw < 0.75 else f"{first} & {second}"


# By segment: how such a place calls itself, what its registered name says that it does, and how
# that name ends.
_BUSINESS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "Restaurantes": (
        ("Restaurante", "Churrascaria", "Cantina", "Bistrô"),
        "Alimentação",
        ("Ltda.", "Ltda. ME", "Ltda. EPP"),
    ),
    "Supermercados": (
        ("Supermercado", "Mercado", "Empório", "Atacado"),
        "Comércio de Alimentos",
        ("Ltda.", "S.A."),
    ),
    "Hotelaria": (("Hotel", "Pousada", "Resort"), "Turismo e Eventos", ("Ltda.", "S.A.")),
    "Padarias": (
        ("Padaria", "Panificadora", "Confeitaria"),
        "Indústria de Pães",
        ("Ltda.", "Ltda. ME"),
    ),
    "Saúde": (("Hospital", "Clínica", "Laboratório"), "Serviços de Saúde", ("Ltda.", "S.A.")),
    "Educação": (("Colégio", "Escola", "Faculdade"), "Ensino", ("Ltda.", "S.A.")),
    "Empresas": (
        ("Construtora", "Transportadora", "Metalúrgica", "Escritório"),
        "Empreendimentos",
        ("Ltda.", "S.A."),
    ),
}

_CORES = (
    "Água Viva", "Alto da Serra", "Alvorada", "Araucária", "Bela Vista", "Boa Esperança",
    "Boa Viagem", "Bom Jardim", "Campo Belo", "Cruzeiro do Sul", "Estrela da Manhã", "Flor do Campo",
    "Horizonte", "Ipê Amarelo", "Jacarandá", "Jardim das Flores", "Lago Azul", "Litoral",
    "Lua Nova", "Mar Aberto", "Monte Azul", "Morada do Sol", "Nova Aliança", "Nova Era",
    "Nova União", "Novo Mundo", "Ouro Branco", "Ouro Verde", "Pampa", "Paraíso", "Pedra Branca",
    "Pedra Bonita", "Planalto", "Ponte Nova", "Porto Seguro", "Praia Grande", "Primavera",
    "Recanto Verde", "Rio Claro", "Rio das Pedras", "Santa Clara", "Santa Helena", "Santa Luzia",
    "Santa Rita", "Santo Antônio", "São Bento", "São Francisco", "São Jorge", "São Lucas",
    "São Miguel", "Serra Dourada", "Sete Lagoas", "Sol Nascente", "Terra Boa", "Três Irmãos",
    "Três Marias", "Vale do Sol", "Vale Verde", "Vila Real", "Vitória Régia",
)  # fmt: skip
