#!/bin/sh
# Ask with curl: first as `POST /chat`, then as any client of OpenAI's protocol does, streamed.
#   SALES_CREW_URL=http://127.0.0.1:8000 SALES_CREW_KEY=... sh ops/examples/curl.sh
set -eu
URL="${SALES_CREW_URL:-http://127.0.0.1:8000}"

# The same Idempotency-Key gives the same answer, however often this is sent.
curl --fail-with-body --silent --show-error "$URL/chat" \
  -H "Authorization: Bearer $SALES_CREW_KEY" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: curl-$$-$(date +%s)" \
  -d '{"user_id": "maria", "message": "Quais foram as vendas do mês passado?"}'
echo

# `model` is an agent's name: GET /v1/models lists them.
curl --fail-with-body --silent --show-error --no-buffer "$URL/v1/chat/completions" \
  -H "Authorization: Bearer $SALES_CREW_KEY" \
  -H "Content-Type: application/json" \
  -d '{"model": "sales", "user": "maria", "stream": true,
       "messages": [{"role": "user", "content": "Quais foram as vendas por região no mês passado?"}]}'
