// Ask a question with JavaScript alone, and read what happens until the answer is there.
//   SALES_CREW_URL=http://127.0.0.1:8000 SALES_CREW_KEY=... node ops/examples/chat.mjs
const url = process.env.SALES_CREW_URL ?? "http://127.0.0.1:8000";
const headers = {
  Authorization: `Bearer ${process.env.SALES_CREW_KEY}`,
  "Content-Type": "application/json",
};

async function call(path, options = {}) {
  const response = await fetch(url + path, {
    ...options,
    headers: { ...headers, ...options.headers },
  });
  if (!response.ok) {
    // Every error is application/problem+json with a stable `code`.
    const problem = await response.json();
    throw new Error(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
  return response;
}

const accepted = await call("/chat", {
  method: "POST",
  // "respond-async": 202 at once, and the answer comes with the events.
  headers: { Prefer: "respond-async", "Idempotency-Key": crypto.randomUUID() },
  body: JSON.stringify({ user_id: "maria", message: "Quais foram as vendas do mês passado?" }),
});
const { events_url } = await accepted.json();

const events = await call(events_url);
let unread = "";
for await (const piece of events.body.pipeThrough(new TextDecoderStream())) {
  const parts = (unread + piece).split("\n\n");
  unread = parts.pop();
  for (const part of parts) {
    const [, kind] = part.match(/^event: (.*)$/m) ?? [];
    if (!kind) continue;
    const data = JSON.parse(part.match(/^data: (.*)$/m)[1]);
    if (kind === "turn.answered") console.log(data.response);
    else if (kind === "turn.failed") throw new Error(data.error.message);
    else console.error(kind);
  }
}
