"""The examples on `/docs`: a question by curl, Python and JavaScript, to be copied as they stand.

They need nothing that is not on the machine already, and the key in `SALES_CREW_KEY`.
"""

from collections.abc import Iterator

_CURL = """\
curl -s "ADDRESS/chat" \\
  -H "Authorization: Bearer $SALES_CREW_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"user_id": "maria", "message": "Quais foram as vendas do mês passado?"}'
"""

_PYTHON = """\
import json, os, urllib.request

request = urllib.request.Request(
    "ADDRESS/chat",
    data=json.dumps(
        {"user_id": "maria", "message": "Quais foram as vendas do mês passado?"}
    ).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['SALES_CREW_KEY']}",
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    print(json.load(response)["response"])
"""

_JAVASCRIPT = """\
const response = await fetch("ADDRESS/chat", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.SALES_CREW_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    user_id: "maria",
    message: "Quais foram as vendas do mês passado?",
  }),
});
console.log((await response.json()).response);
"""

_CHAT_CLIENT = """\
# Any chat client: its base URL, its key, and an agent's name as the model.
curl -s "ADDRESS/v1/chat/completions" \\
  -H "Authorization: Bearer $SALES_CREW_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "sales", "user": "maria",
       "messages": [{"role": "user", "content": "Quais foram as vendas do mês passado?"}]}'
"""

_EXAMPLES = {
    "curl": _CURL,
    "Python": _PYTHON,
    "JavaScript": _JAVASCRIPT,
    "Any client of OpenAI's protocol": _CHAT_CLIENT,
}


def examples(address: str) -> Iterator[tuple[str, str]]:
    """Title and text of each, for the server at this address."""
    for title, text in _EXAMPLES.items():
        yield title, text.replace("ADDRESS", address)
