"""What is asked, by the road that it takes through the product."""

from collections.abc import Mapping
from typing import Literal

Road = Literal["rules", "model", "both"]

#: `rules`: read to the last word, so no router is asked. `model`: too vague for that. `both`: needs
#: the company's own figures and the market's, so two agents work on it.
QUESTIONS: Mapping[Road, str] = {
    "rules": "Quanto vendemos no mês passado?",
    "model": "E aí, como é que anda o movimento por aqui ultimamente?",
    "both": "Como anda o movimento por aqui, e o que o mercado lá fora diz disso?",
}
#: What the router is made to decide on each road, where it is asked at all.
DECISIONS: Mapping[Road, str] = {"rules": "sales", "model": "sales", "both": "both"}
