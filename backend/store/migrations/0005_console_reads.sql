-- What the console lists and adds up, over hundreds of thousands of turns, without reading the
-- answers: those are kilobytes each, what is counted is not.

-- When each attempt began, by its number: what the times in its trace count from.
ALTER TABLE turns ADD COLUMN attempts_began timestamptz[] NOT NULL DEFAULT '{}';
ALTER TABLE turns ADD COLUMN decision text GENERATED ALWAYS AS (answer -> 'route' ->> 'decision') STORED;
-- The sums of the turn's ledger rows. No code of ours writes them: see add_to_turn.
ALTER TABLE turns ADD COLUMN llm_calls integer NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN unpriced_calls integer NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN input_tokens integer NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN cached_input_tokens integer NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN output_tokens integer NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN cost_nano bigint NOT NULL DEFAULT 0;

-- From the claim of its attempt; null in rows of before this column.
ALTER TABLE tool_calls ADD COLUMN started_ms integer;

-- Whatever changes in the ledger changes the turn's sums by as much, in the same transaction: a
-- call that is opened or settled after its turn was closed counts like any other. The turn's row
-- is locked by its update, so that no two of them miss each other.
-- (A month of the ledger that retention drops takes nothing from the turns: it fires no trigger.)
CREATE FUNCTION add_to_turn() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE turns
       SET llm_calls = llm_calls + (TG_OP = 'INSERT')::integer,
           unpriced_calls = unpriced_calls + (NOT NEW.priced)::integer - coalesce(NOT OLD.priced, false)::integer,
           input_tokens = input_tokens + NEW.input_tokens - coalesce(OLD.input_tokens, 0),
           cached_input_tokens = cached_input_tokens + NEW.cached_input_tokens - coalesce(OLD.cached_input_tokens, 0),
           output_tokens = output_tokens + NEW.output_tokens - coalesce(OLD.output_tokens, 0),
           cost_nano = cost_nano + NEW.cost_nano - coalesce(OLD.cost_nano, 0)
     WHERE tenant_id = NEW.tenant_id AND id = NEW.turn_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER add_to_turn AFTER INSERT OR UPDATE ON llm_calls
    FOR EACH ROW EXECUTE FUNCTION add_to_turn();

-- Row-level security binds the owner too: for what has been, it steps aside within this transaction.
ALTER TABLE turns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE llm_calls NO FORCE ROW LEVEL SECURITY;
UPDATE turns t
   SET llm_calls = u.llm_calls, unpriced_calls = u.unpriced_calls, input_tokens = u.input_tokens,
       cached_input_tokens = u.cached_input_tokens, output_tokens = u.output_tokens, cost_nano = u.cost_nano
  FROM (SELECT tenant_id, turn_id, count(*) AS llm_calls, count(*) FILTER (WHERE NOT priced) AS unpriced_calls,
               sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
               sum(output_tokens) AS output_tokens, sum(cost_nano) AS cost_nano
          FROM llm_calls GROUP BY tenant_id, turn_id) u
 WHERE t.tenant_id = u.tenant_id AND t.id = u.turn_id;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
ALTER TABLE llm_calls FORCE ROW LEVEL SECURITY;

-- All that lists and reports choose and add up by, so that they read this index and not the table.
CREATE INDEX turns_reported ON turns (tenant_id, asked_at, id)
    INCLUDE (person_id, channel, agent, model, status, decision, cached, time_ms, llm_calls, unpriced_calls,
             input_tokens, cached_input_tokens, output_tokens, cost_nano);
DROP INDEX turns_asked;
-- An index alone answers for rows that vacuum has seen since they changed: so it looks after each
-- fiftieth of them, not only after a fifth.
ALTER TABLE turns SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX turns_failed ON turns (tenant_id, asked_at, id) WHERE status = 'failed';
CREATE INDEX conversations_listed ON conversations (tenant_id, last_turn_at, id) INCLUDE (person_id, channel, agent);
CREATE INDEX tasks_held ON tasks (tenant_id, lane) WHERE state IN ('waiting', 'failed');

-- Which turns used a tool, and in which something failed.
CREATE INDEX tool_calls_named ON tool_calls (tenant_id, name, turn_id);
CREATE INDEX tool_calls_failed ON tool_calls (tenant_id, turn_id) WHERE NOT ok;
CREATE INDEX llm_calls_failed ON llm_calls (tenant_id, turn_id) WHERE state = 'failed';
