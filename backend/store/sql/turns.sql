-- idempotent --
-- The turn this key made, if it still counts; the row is locked against a twin request.
SELECT digest, turn_id FROM idempotency_keys
 WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND created_at > now() - %(kept)s FOR UPDATE;

-- remember_key --
-- Waits for a twin request that holds the same key; no row back means the twin won.
INSERT INTO idempotency_keys (tenant_id, key, digest, turn_id)
VALUES (%(tenant_id)s, %(key)s, %(digest)s, %(turn_id)s)
ON CONFLICT (tenant_id, key) DO UPDATE
   SET digest = excluded.digest, turn_id = excluded.turn_id, created_at = now()
 WHERE idempotency_keys.created_at <= now() - %(kept)s
RETURNING turn_id;

-- forget_keys --
-- A few old keys go with each new one, so they never pile up and no one statement is long.
DELETE FROM idempotency_keys
 WHERE tenant_id = %(tenant_id)s
   AND key IN (SELECT key FROM idempotency_keys
                WHERE tenant_id = %(tenant_id)s AND created_at <= now() - %(kept)s
                ORDER BY created_at LIMIT 10 FOR UPDATE SKIP LOCKED);

-- add --
INSERT INTO turns (tenant_id, id, conversation_id, person_id, seq, channel, agent, data_source, metadata,
                   streamed, trace_id, traceparent)
VALUES (%(tenant_id)s, %(id)s, %(conversation_id)s, %(person_id)s, %(seq)s, %(channel)s, %(agent)s,
        %(data_source)s, %(metadata)s, %(streamed)s, %(trace_id)s, %(traceparent)s);

-- add_message --
INSERT INTO messages (tenant_id, id, conversation_id, turn_id, author, text)
VALUES (%(tenant_id)s, %(id)s, %(conversation_id)s, %(turn_id)s, %(author)s, %(text)s);

-- begin --
-- The claimant takes the turn up. `attempt` is the task's fence, so an older claimant changes nothing.
UPDATE turns t
   SET status = 'running', attempt = %(attempt)s, attempts_began[%(attempt)s] = now()
  FROM persons p, agents a
 WHERE t.tenant_id = %(tenant_id)s AND t.id = %(turn_id)s
   AND a.tenant_id = t.tenant_id AND a.name = t.agent
   AND t.status IN ('queued', 'running') AND t.attempt < %(attempt)s
   AND p.tenant_id = t.tenant_id AND p.id = t.person_id
RETURNING t.conversation_id, t.seq, t.channel, t.agent, t.data_source, t.streamed, t.asked_at, t.trace_id,
          t.traceparent, p.id AS person_id, p.user_id, p.role, p.name, p.attributes,
          (SELECT string_agg(m.text, E'\n' ORDER BY m.id) FROM messages m
            WHERE m.tenant_id = t.tenant_id AND m.turn_id = t.id AND m.author = 'user') AS question,
          a.sales_roles, a.playbook, a.fast_path,
          EXISTS (SELECT FROM documents d WHERE d.tenant_id = t.tenant_id AND d.status = 'ready') AS has_documents;

-- answered --
-- The answer, and the message that tells it.
WITH answered AS (
    UPDATE turns
       SET status = 'answered', answer = %(answer)s, query = %(query)s, model = %(model)s,
           cached = %(cached)s, time_ms = %(time_ms)s, finished_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(turn_id)s AND attempt = %(attempt)s AND status = 'running'
    RETURNING tenant_id, id, conversation_id
)
INSERT INTO messages (tenant_id, id, conversation_id, turn_id, author, text)
SELECT tenant_id, %(message_id)s, conversation_id, id, 'agent', %(text)s FROM answered
RETURNING id;

-- failed --
UPDATE turns
   SET status = 'failed', error_code = %(error_code)s, finished_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(turn_id)s AND status IN ('queued', 'running')
RETURNING id;

-- still_running --
-- By this very attempt. The lock keeps a newer one, and whatever closes the turn, until the end.
SELECT id FROM turns
 WHERE tenant_id = %(tenant_id)s AND id = %(turn_id)s AND attempt = %(attempt)s AND status = 'running'
   FOR SHARE;

-- closing --
-- Whoever closes or opens a turn of a conversation comes one after the other. With it: what the
-- turn has used, and what this very attempt has recorded already, if it has. (Its COMMIT arrived,
-- the reply did not.)
SELECT CASE WHEN t.status = 'answered' AND t.attempt = %(attempt)s THEN t.answer END AS recorded,
       t.llm_calls, t.input_tokens, t.cached_input_tokens, t.output_tokens, t.cost_nano,
       t.unpriced_calls = 0 AS priced
  FROM conversations c
  JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = %(turn_id)s
 WHERE c.tenant_id = %(tenant_id)s AND c.id = %(conversation_id)s FOR UPDATE OF c, t;

-- add_trace --
-- The steps and tool calls of an attempt, all in one trip.
WITH step AS (
    INSERT INTO steps (tenant_id, turn_id, attempt, seq, kind, name, started_ms, time_ms, detail)
    SELECT %(tenant_id)s, %(turn_id)s, %(attempt)s, seq, kind, name, started_ms, time_ms, detail
      FROM jsonb_to_recordset(%(steps)s)
        AS taken (seq integer, kind text, name text, started_ms integer, time_ms integer, detail jsonb)
)
INSERT INTO tool_calls (tenant_id, turn_id, attempt, seq, name, arguments, ok, rows, sql, error_code, content,
                        started_ms, time_ms)
SELECT %(tenant_id)s, %(turn_id)s, %(attempt)s, seq, name, arguments, ok, rows, sql, error_code, content,
       started_ms, time_ms
  FROM jsonb_to_recordset(%(tool_calls)s)
    AS made (seq integer, name text, arguments jsonb, ok boolean, rows integer, sql text, error_code text,
             content text, started_ms integer, time_ms integer);

-- one --
SELECT id, conversation_id, status, attempt, asked_at, finished_at, answer, error_code
  FROM turns WHERE tenant_id = %(tenant_id)s AND id = %(turn_id)s AND person_id IS NOT NULL;

-- standing --
-- How do these stand? One question for all the callers that wait in this process.
SELECT id, tenant_id, status, attempt, answer, error_code FROM turns
 WHERE tenant_id = %(tenant_id)s AND id = ANY(%(turn_ids)s);

-- recent --
-- The last answered turns of a conversation before this one, newest first.
SELECT t.id, t.query, t.language, m.author, m.text, m.id AS message_id, m.at
  FROM (SELECT id, tenant_id, seq, query, answer ->> 'language' AS language FROM turns
         WHERE tenant_id = %(tenant_id)s AND conversation_id = %(conversation_id)s
           AND seq < %(seq)s AND status = 'answered'
         ORDER BY seq DESC LIMIT %(limit)s) t
  JOIN messages m ON m.tenant_id = t.tenant_id AND m.turn_id = t.id
 ORDER BY t.seq DESC, m.id DESC;
