-- A tenant whose console has much to read: bench.turns turns of the last 90 days, with all that
-- hangs from them but tasks. Random, and the same every time.
SELECT setseed(0.42), set_config('synchronous_commit', 'off', true);

DO $$
DECLARE
    month timestamptz;
    parent text;
BEGIN
    -- In a database that is that old they were made as time went by.
    FOREACH parent IN ARRAY ARRAY['steps', 'tool_calls', 'llm_calls'] LOOP
        FOR ahead IN -4 .. 0 LOOP
            month := date_trunc('month', now(), 'UTC') + make_interval(months => ahead);
            CALL prepare_trace_partition(parent, month);
        END LOOP;
    END LOOP;
END
$$;

-- Some ask much, most ask little.
INSERT INTO persons (tenant_id, id, user_id, role, created_at)
SELECT current_tenant(), uuidv7(), 'seller-' || to_char(n, 'FM0000'), 'seller', now() - interval '91 days'
  FROM generate_series(0, 999) n;

CREATE TEMP TABLE talk ON COMMIT DROP AS
SELECT uuidv7(begun - clock_timestamp()) AS id, n, begun,
       'seller-' || to_char(floor(1000 * power(random(), 2)), 'FM0000') AS user_id,
       (ARRAY['web', 'web', 'whatsapp', 'whatsapp', 'whatsapp', 'email', 'crm'])[1 + floor(7 * random())] AS channel,
       CASE WHEN random() < 0.8 THEN 'sales' ELSE 'assistant' END AS agent
  FROM (SELECT n, now() - interval '1 hour' - random() * interval '89 days 22 hours' AS begun
          FROM generate_series(1, current_setting('bench.turns')::integer / 4) n) begun;

CREATE TEMP TABLE asked ON COMMIT DROP AS
SELECT uuidv7(at - clock_timestamp()) AS id, asked.*,
       CASE WHEN status = 'answered'
            THEN (ARRAY['gpt-4o', 'gpt-4o-mini', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'offline'])
                 [1 + floor(6 * random())] END AS model,
       (ARRAY['sales', 'sales', 'sales', 'direct', 'market', 'both', 'clarify'])[1 + floor(7 * random())] AS decision,
       400 + floor(-1500 * ln(1 - random()))::integer AS time_ms
  FROM (SELECT talk.id AS conversation_id, persons.id AS person_id, talk.channel, talk.agent, seq,
               begun + seq * interval '3 minutes' * random() AS at,
               CASE WHEN random() < 0.03 THEN 'failed' ELSE 'answered' END AS status
          FROM talk JOIN persons ON persons.tenant_id = current_tenant() AND persons.user_id = talk.user_id
         CROSS JOIN generate_series(1, 4) seq) asked;
CREATE INDEX ON asked (id);
ANALYZE asked;

-- Before the turns, whose sums they then make: a turn at a time, as in life, would take minutes.
INSERT INTO llm_calls (tenant_id, turn_id, id, person_id, attempt, purpose, provider, model, state, started_at,
                       time_ms, input_tokens, cached_input_tokens, output_tokens, cost_nano, priced, finish_reason,
                       error_code)
SELECT current_tenant(), id, uuidv7(at - clock_timestamp()), person_id, 1, 'answer', 'openai', coalesce(model, 'gpt-4o'),
       CASE WHEN broken THEN 'failed' ELSE 'ok' END, at + number * interval '400 milliseconds', 350 + number * 17,
       600 + floor(900 * random())::integer, 256, 40 + floor(200 * random())::integer,
       floor(9e6 * random())::bigint, random() < 0.999, 'stop', CASE WHEN broken THEN 'model_unavailable' END
  FROM (SELECT asked.*, number, status = 'failed' AND number = 2 AS broken
          FROM asked CROSS JOIN generate_series(1, 2) number
         WHERE model IS DISTINCT FROM 'offline' AND (number = 1 OR decision <> 'direct' OR status = 'failed')) call;

INSERT INTO conversations (tenant_id, id, person_id, channel, agent, last_seq, created_at, last_turn_at)
SELECT current_tenant(), conversation_id, min(person_id::text)::uuid, min(channel), min(agent), 4, min(at), max(at)
  FROM asked GROUP BY conversation_id;

INSERT INTO turns (tenant_id, id, conversation_id, person_id, seq, channel, agent, status, asked_at, finished_at,
                   attempt, attempts_began, trace_id, answer, model, time_ms, error_code, llm_calls, unpriced_calls,
                   input_tokens, cached_input_tokens, output_tokens, cost_nano)
SELECT current_tenant(), id, conversation_id, person_id, seq, channel, agent, status, at,
       at + time_ms * interval '1 millisecond', 1, ARRAY[at + interval '9 milliseconds'], replace(id::text, '-', ''),
       CASE WHEN status = 'answered' THEN jsonb_build_object(
           'response', 'As vendas do período foram R$ ' || seq || '.234,56 em 42 contratos. ' || repeat('Detalhe por região. ', 12),
           'model', model, 'language', 'pt', 'tokens_used', coalesce(input_tokens + output_tokens, 0), 'context_size', 4,
           'turn_id', id, 'conversation_id', conversation_id, 'cached', false, 'time_ms', time_ms,
           'route', jsonb_build_object('decision', decision, 'by', 'rules', 'reason', 'a metric is named', 'confidence', 0.97),
           'memory', (SELECT jsonb_agg(jsonb_build_object('role', 'user', 'source', 'recent', 'at', at - line * interval '1 day',
                                                          'text', md5(id::text || line) || ' ' || md5(line || id::text)))
                        FROM generate_series(1, 4) line),
           'tool_calls', '[]'::jsonb, 'figures', '[]'::jsonb) END,
       model, CASE WHEN status = 'answered' THEN time_ms END, CASE WHEN status = 'failed' THEN 'model_unavailable' END,
       coalesce(u.llm_calls, 0), coalesce(u.unpriced_calls, 0), coalesce(u.input_tokens, 0),
       coalesce(u.cached_input_tokens, 0), coalesce(u.output_tokens, 0), coalesce(u.cost_nano, 0)
  FROM asked
  LEFT JOIN (SELECT turn_id, count(*) AS llm_calls, count(*) FILTER (WHERE NOT priced) AS unpriced_calls,
                    sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
                    sum(output_tokens) AS output_tokens, sum(cost_nano) AS cost_nano
               FROM llm_calls WHERE tenant_id = current_tenant() GROUP BY turn_id) u ON u.turn_id = asked.id
 ORDER BY at;

INSERT INTO messages (tenant_id, id, conversation_id, turn_id, author, text, at)
SELECT current_tenant(), uuidv7(at - clock_timestamp()), conversation_id, id, author,
       CASE author WHEN 'user' THEN 'Quanto vendemos na semana ' || seq || ' na região ' || left(md5(id::text), 8) || '?'
                   ELSE 'Foram R$ ' || seq || '.234,56 em 42 contratos. ' || repeat('Detalhe por região. ', 12) END, at
  FROM asked CROSS JOIN unnest(ARRAY['user', 'agent']) author
 WHERE author = 'user' OR status = 'answered';

INSERT INTO tool_calls (tenant_id, turn_id, attempt, seq, name, arguments, ok, rows, sql, error_code, content,
                        started_ms, time_ms)
SELECT current_tenant(), id, 1, 0, CASE decision WHEN 'market' THEN 'market_rate' ELSE 'sales_query_metrics' END,
       '{"metrics": ["revenue"], "dimensions": ["region"]}', worked, CASE WHEN worked THEN 5 END,
       'SELECT region, sum(amount) FROM orders GROUP BY region', CASE WHEN NOT worked THEN 'metric_not_defined' END,
       '{"status": "ok", "rows": ' || repeat('[1, 2, 3], ', 30) || '[]}', 430, 12
  FROM (SELECT *, random() > 0.02 AS worked FROM asked) asked WHERE decision IN ('sales', 'market', 'both');

INSERT INTO steps (tenant_id, turn_id, attempt, seq, kind, name, started_ms, time_ms, detail)
SELECT current_tenant(), id, 1, number, (ARRAY['gather', 'understand', 'agent', 'check'])[number + 1], 'step', number * 20, 18,
       '{"lines": 4}'
  FROM asked CROSS JOIN generate_series(0, 3) number;
