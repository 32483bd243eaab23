"""Verbs that say which way a figure went, and what stands about them. Pure."""

import re

#: Verbs in a tense that states; "para aumentar" wishes.
ROSE = re.compile(
    r"\b(?:aumentou|aumentaram|cresceu|cresceram|subiu|subiram|avançou|avançaram|saltou"
    r"|rose|grew|increased|(?:has|have) (?:grown|risen|increased|gone up)|v[eê]m (?:crescendo|subindo|aumentando)|han? (?:crecido|subido|aumentado)|jumped|climbed|soared|up from|(?:is|was|are|were|went|goes|going) up"
    r"|aumentó|aumentaron|creció|crecieron|subió|subieron|dobrou|dobraram|duplicou|duplicaram|triplicou"
    r"|triplicaram|doubled|tripled|duplicó|duplicaron|triplicó|triplicaron)\b",
    re.IGNORECASE,
)
FELL = re.compile(
    r"\b(?:caiu|caíram|recuou|recuaram|diminuiu|diminuíram|reduziu|baixou|baixaram|encolheu|encolheram"
    r"|fell|dropped|declined|(?:has|have) (?:fallen|dropped|declined|gone down)|v[eê]m (?:caindo|recuando|diminuindo)|han? (?:ca[ií]do|bajado|disminuido)|decreased|slipped|shrank|halved|down from|(?:is|was|are|were|went|goes|going) down"
    r"|cayó|cayeron|bajó|bajaron|disminuyó|disminuyeron|descendió|descendieron|retrocedió)\b",
    re.IGNORECASE,
)
#: How much the verb itself says, as a fraction of what was before, give or take.
AMOUNTS = (
    (re.compile(r"\b(?:dobr|duplic|doubled)", re.IGNORECASE), 1.0),
    (re.compile(r"\b(?:triplic|tripled)", re.IGNORECASE), 2.0),
)
HALF = re.compile(r"\b(?:(?:pela|a la|à) (?:metade|mitad)|(?:by|in) half|halved)\b", re.IGNORECASE)
MORE_THAN = re.compile(r"\b(?:mais (?:do )?que|more than|más que)\s+$", re.IGNORECASE)
ALMOST = re.compile(r"\b(?:quase|praticamente|nearly|almost|casi)\s+(?:se\s+)?$", re.IGNORECASE)
ALMOST_SO_MUCH = 0.2
GIVE_OR_TAKE = 0.05
LISTED = re.compile(r"[^\W\d_]+\s*(\([^)]*\))")
#: "Ficaram acima de 2025": of a time; "ficou abaixo do Sul" is of another.
STOOD = re.compile(
    r"\b(?:fic(?:ou|aram)|est(?:á|ão|eve|iveram)|fech(?:ou|aram)|was|were|is|are|came in|quedó|quedaron|estuv(?:o|ieron))\s+"
    r"(?:(acima|above|por encima|higher|superior(?:es)?)|(?:abaixo|below|por debajo|lower|inferior(?:es)?))"
    r"(?:\s+(?:d[eoa]s?|del|of|than|a|ao|al?))?\s*",
    re.IGNORECASE,
)
#: Those who are named behind it are left out of "all".
SAVE = re.compile(
    r"\b(?:exceto|menos|except|but|salvo|excepto|fora|tirando|exceção|excepción|other than|apart from)\b",
    re.IGNORECASE,
)
ALL = re.compile(r"\b(?:tod[oa]s|all|every|each|cada)\b", re.IGNORECASE)
NOT = re.compile(
    r"\b(?:não|nao|nem|not|n't|didn't|no|nor|nenhum\w*)\s+(?:\w+\s+)?$"
    r"|\b(?:se|si|if|whether|por que|porque|why|quando|when)\s+(?:\w+\s+){1,4}$",
    re.IGNORECASE,
)
#: As in "a região que mais cresceu": a rank, see `ranks.py`.
RANKED = re.compile(
    r"\b(?:mais|menos|más|most|least)\s+$|\bque\s+(?:mais|más|menos)\s+$", re.IGNORECASE
)
