// Ask with OpenAI's own JavaScript client: whole, then streamed. Needs `npm install openai`.
//   SALES_CREW_URL=http://127.0.0.1:8000 SALES_CREW_KEY=... node ops/examples/openai_client.mjs
import OpenAI from "openai";

const url = process.env.SALES_CREW_URL ?? "http://127.0.0.1:8000";
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env.SALES_CREW_KEY });

// Agents are what the protocol calls models; the first is the default one.
const agents = await client.models.list();
const agent = agents.data[0].id;

const question = "Quais foram as vendas do mês passado?";
const answer = await client.chat.completions.create({
  model: agent,
  user: "maria",
  messages: [{ role: "user", content: question }],
});
const said = answer.choices[0].message.content;
console.log(said);

const chunks = await client.chat.completions.create({
  model: agent,
  user: "maria",
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: said },
    { role: "user", content: "E por região?" },
  ],
  stream: true,
});
for await (const chunk of chunks) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
console.log();
