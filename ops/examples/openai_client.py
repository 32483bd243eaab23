"""Ask with OpenAI's own Python client: whole, then streamed. Needs `pip install openai`.

SALES_CREW_URL=http://127.0.0.1:8000 SALES_CREW_KEY=... python ops/examples/openai_client.py
"""

import os

from openai import OpenAI

URL = os.environ.get("SALES_CREW_URL", "http://127.0.0.1:8000")

with OpenAI(base_url=f"{URL}/v1", api_key=os.environ["SALES_CREW_KEY"]) as client:
    # Agents are what the protocol calls models; the first is the default one.
    agent = client.models.list().data[0].id

    question = "Quais foram as vendas do mês passado?"
    answer = client.chat.completions.create(
        model=agent,
        user="maria",
        messages=[{"role": "user", "content": question}],
    )
    said = answer.choices[0].message.content
    print(said)

    chunks = client.chat.completions.create(
        model=agent,
        user="maria",
        messages=[
            {"role": "user", "content": question},
            {"role": "assistant", "content": said},
            {"role": "user", "content": "E por região?"},
        ],
        stream=True,
    )
    for chunk in chunks:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()
