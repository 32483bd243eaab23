-- What dashboards read as sales_reader (ops/postgres/roles.sql): what each turn cost, of every
-- tenant. Who runs the installation pays for all of them; what people said is not theirs to read.

-- One row a turn: who, when, how, and its sums of the ledger.
CREATE VIEW turn_ledger WITH (security_invoker) AS
SELECT t.tenant_id, n.name AS tenant, p.user_id, t.asked_at, t.channel, t.agent, t.model, t.status, t.decision,
       t.cached, t.time_ms, t.llm_calls, t.unpriced_calls, t.input_tokens, t.cached_input_tokens, t.output_tokens,
       t.cost_nano / 1e9 AS cost_usd
  FROM turns t
  JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
  JOIN tenants n ON n.tenant_id = t.tenant_id;
GRANT SELECT ON turn_ledger TO sales_reader;

-- The view reads with the reader's own rights: these columns and no other, so that neither it nor
-- a later one can show an answer, a name or an attribute.
GRANT SELECT (tenant_id, person_id, asked_at, channel, agent, model, status, decision, cached, time_ms, llm_calls,
              unpriced_calls, input_tokens, cached_input_tokens, output_tokens, cost_nano) ON turns TO sales_reader;
GRANT SELECT (tenant_id, id, user_id) ON persons TO sales_reader;
GRANT SELECT (tenant_id, name) ON tenants TO sales_reader;

-- Through the wall between tenants, for this one login, and only to read.
CREATE POLICY readers_door ON turns FOR SELECT TO sales_reader USING (true);
CREATE POLICY readers_door ON persons FOR SELECT TO sales_reader USING (true);
CREATE POLICY readers_door ON tenants FOR SELECT TO sales_reader USING (true);

-- It runs with the owner's rights, and every login may run what nobody was denied.
REVOKE EXECUTE ON PROCEDURE prepare_trace_partitions FROM PUBLIC;
