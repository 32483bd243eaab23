-- totals --
-- One row a group over the turns asked in the period; tokens and money come from the calls.
WITH asked AS (
    SELECT t.id, t.tenant_id, t.channel, t.agent, t.model, t.status, t.time_ms, t.cached, p.user_id,
           (t.asked_at AT TIME ZONE %(zone)s)::date AS day
      FROM turns t JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
     WHERE t.tenant_id = %(tenant_id)s AND t.asked_at >= %(from)s AND t.asked_at < %(to)s
       -- Of no row, so that a zone that is unknown here is refused also when nothing was asked.
       AND (%(from)s AT TIME ZONE %(zone)s) IS NOT NULL
)
SELECT CASE %(group_by)s
           WHEN 'user' THEN a.user_id WHEN 'model' THEN a.model WHEN 'day' THEN a.day::text
           WHEN 'channel' THEN a.channel WHEN 'agent' THEN a.agent END AS key,
       count(*) AS turns,
       count(*) FILTER (WHERE a.status = 'answered') AS answered,
       count(*) FILTER (WHERE a.status = 'failed') AS failed,
       coalesce(sum(u.llm_calls), 0)::bigint AS llm_calls,
       coalesce(sum(u.input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(u.cached_input_tokens), 0)::bigint AS cached_input_tokens,
       coalesce(sum(u.output_tokens), 0)::bigint AS output_tokens,
       coalesce(sum(u.cost_nano), 0)::bigint AS cost_nano,
       coalesce(bool_and(u.priced), true) AS priced,
       avg(a.time_ms)::float AS mean_time_ms,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY a.time_ms) AS p95_time_ms,
       count(*) FILTER (WHERE a.cached) AS cache_hits
  FROM asked a
  LEFT JOIN turn_usage u ON u.tenant_id = a.tenant_id AND u.turn_id = a.id
       -- Traces are partitioned by the turn's id, which carries its time: read only those months.
       AND u.turn_id >= uuid_floor(%(from)s - interval '1 day') AND u.turn_id < uuid_floor(%(to)s + interval '1 day')
 GROUP BY 1 ORDER BY 1 NULLS LAST;

-- llm_calls --
SELECT id, attempt, purpose, provider, model, state, started_at, time_ms, input_tokens,
       cached_input_tokens, output_tokens, cost_nano, priced, finish_reason, error_code
  FROM llm_calls WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s ORDER BY id;

-- tool_calls --
SELECT attempt, seq, name, arguments, ok, rows, sql, error_code, content, time_ms
  FROM tool_calls WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s ORDER BY attempt, seq;

-- steps --
SELECT attempt, seq, kind, name, started_ms, time_ms, detail
  FROM steps WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s ORDER BY attempt, seq;
