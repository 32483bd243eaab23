-- asked --
-- A turn as it stands around its trace; `attempts` tells when each began.
SELECT p.user_id, t.channel, t.agent, t.model, t.time_ms, t.cached, t.asked_at, t.finished_at,
       t.llm_calls, t.unpriced_calls, t.input_tokens, t.cached_input_tokens, t.output_tokens, t.cost_nano,
       (SELECT string_agg(m.text, E'\n' ORDER BY m.id) FROM messages m
         WHERE m.tenant_id = t.tenant_id AND m.turn_id = t.id AND m.author = 'user') AS question,
       (SELECT jsonb_agg(jsonb_build_object('attempt', n, 'started_at', t.attempts_began[n]) ORDER BY n)
          FROM generate_subscripts(t.attempts_began, 1) n WHERE t.attempts_began[n] IS NOT NULL) AS attempts
  FROM turns t JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
 WHERE t.tenant_id = %(tenant_id)s AND t.id = %(turn_id)s;

-- llm_calls --
SELECT c.id, c.attempt, c.purpose, c.provider, c.model, c.state, c.started_at, c.time_ms, c.input_tokens,
       c.cached_input_tokens, c.output_tokens, c.cost_nano, c.priced, c.finish_reason, c.error_code,
       round(extract(epoch FROM c.started_at - t.attempts_began[c.attempt]) * 1000)::integer AS started_ms
  FROM llm_calls c JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id
 WHERE c.tenant_id = %(tenant_id)s AND c.turn_id = %(turn_id)s ORDER BY c.id;

-- tool_calls --
SELECT attempt, seq, name, arguments, ok, rows, sql, error_code, content, started_ms, time_ms
  FROM tool_calls WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s ORDER BY attempt, seq;

-- steps --
SELECT attempt, seq, kind, name, started_ms, time_ms, detail
  FROM steps WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s ORDER BY attempt, seq;
