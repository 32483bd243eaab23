"""The clauses of a statement, and the words that say which way a figure went or that it is a share. Pure."""

import re
from collections.abc import Sequence

from backend.answering.mention import Mention

#: Ends a clause: what stands behind it is about something else, unless it names nothing.
_CLAUSE = re.compile(
    r"[,;()|\n]|\b(?:e|y|and|mas|but|pero|contra|ante|versus|vs|sobre|para|frente|enquanto|while|"
    r"against|mientras|from|over|em comparação|compared|(?:to|a|hasta)(?=\s*(?:R\$|US\$|\$|€|\d)))\b",
    re.IGNORECASE,
)
RISE = re.compile(
    r"\b(?:alta|aument\w+|cresc\w+|sub(?:iu|iram|ida)|avanç(?:o|ou|aram)|salt(?:o|ou)|ganho|ganhou|ganharam|ganó|ganaron|a mais|mais que"
    r"|acima|superior|higher|above|rose|rise[ns]?|grew|grow\w*|(?<!made )(?<!makes )(?<!make )up|increas\w+|gain\w*|jump\w*|climb\w*|soar\w*"
    r"|creci\w+|sub(?:ió|ieron)|alza|incremento|increment(?:ó|aron)|más que|por encima|dobr(?:ou|aram)"
    r"|maior(?:es)? (?:do )?que|mayor(?:es)? que|(?:bigger|larger|greater) than|acréscimo|elevaç(?:ão|ões)|elev(?:ou|aram)|expans\w+|expand\w+|uptick|repunt\w+"
    r"|triplic(?:ou|aram|ó|aron)|duplic(?:ou|aram|ó|aron)|doubled|tripled)\b|[▲↑⬆🔺]",
    re.IGNORECASE,
)
FALL = re.compile(
    r"\b(?:queda|ca(?:iu|íram|ída|yó|yeron)|recu\w+|redu[çz]\w+|diminu\w+|baix(?:a|ou|aram)|perda|perd(?:eu|eram|ió|ieron)|lost|encolh\w+"
    r"|menor(?:es)? (?:do )?que|smaller than|retra(?:ção|ções|iu|íram)|retracción|contraç(?:ão|ões)|contracción|contraction|declínio|decréscimo|tombo|desceu|desceram"
    r"|desacelerou|dip(?:s|ped)?|eased|slid|mermó|merma"
    r"|a menos|menos que|abaixo|inferior|lower|less|fewer|below|slip\w*|shr[ai]nk\w*|shrunk|plunge\w*"
    r"|fell|fall\w*|drop\w*|declin\w+|decreas\w+|down|descen\w+|baj(?:ó|aron|a)|disminu\w+|retroced\w+"
    r"|por debajo|(?:pela|a la) (?:metade|mitad)|halved)\b|[▼↓⬇🔻]",
    re.IGNORECASE,
)
#: Said of a change, whichever way it went.
CHANGE = re.compile(
    r"\b(?:varia\w+|mudança|diferença|diferencia|difference|change[ds]?|cambi\w+|evolu\w+|compar\w+|versus|vs"
    r"|em relação|respecto|frente|super(?:ou|aram|ó|aron)|exceed\w*|surpass\w*|mais|menos|more|improv\w+|melhor\w+|mejor\w+|pior\w+|worse\w*)\b",
    re.IGNORECASE,
)
SHARE = re.compile(
    r"\b(?:do total|of (?:the )?total|del total|participa\w+|share|represent\w+|respond\w+ por|"
    r"fatia|proporç\w+|proportion|cuota|accounts? for)\b",
    re.IGNORECASE,
)
#: Says that a figure without a minus is below zero.
NEGATIVE = re.compile(
    r"\b(?:negativ\w+|prejuízo|perd(?:eu|eram|a|ió|ieron)|pérdida|loss|lost|no vermelho|in the red)\b",
    re.IGNORECASE,
)
#: Before what a figure is compared with: "18% acima de setembro".
COMPARED = re.compile(
    r"(?:\b|(?=%))(?:frente|relação|relación|respecto|contra|versus|vs\.?|compar\w+|sobre|ante|over|than|on|from"
    r"|(?<!mientras )(?<!enquanto )(?<!sendo )(?<!já )(?<!ya )(?<!puesto )(?<!visto )que"
    r"|acima|abaixo|superior|inferior|above|below|encima|debajo|against|x|super(?:ou|aram|ó|aron)|ultrapass(?:ou|aram)|surpassed|beat|atrás|detrás|behind|ahead|à frente|delante|diferen\w+|difference|%\s+(?:l[ao]|el|[ao]))"
    r"(?:\s+(?:a[os]?|al|à|de|d[oa]s?|del|em|en|n[oa]s?|el|la|los|o|os|as|the|to|with|com|con|in|mesmo|mismo|week|month|quarter|year"
    r"|semana|mês|mes|trimestre|ano|año|período|period))*\s*$",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"\b(?:exceto|tirando|except|excepto|sem|without|sin|exclu\w+|fora)\b", re.IGNORECASE
)


def clause_ends(text: str, mentions: Sequence[Mention], at: int) -> tuple[int, int]:
    """Where the clause around a place begins and ends; a name is never cut in two."""
    start, end = 0, len(text)
    for cut in _CLAUSE.finditer(text):
        if _inside_number(text, cut.start()) or any(
            each.start <= cut.start() < each.end for each in mentions
        ):
            continue
        if cut.end() <= at:
            start = cut.end()
        elif cut.start() >= at:
            end = cut.start()
            break
    return start, end


def _inside_number(text: str, at: int) -> bool:
    return (
        text[at : at + 1] == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    )
