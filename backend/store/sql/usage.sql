-- totals --
-- Goes on from turn_list's `chosen`: one row a group, and one over all of them. Times are kept as
-- they are until the end: their percentile in the grouping itself would sort every turn by its group.
, grouped AS (
    SELECT CASE %(group_by)s WHEN 'user' THEN person_id END AS person_id,
           CASE %(group_by)s WHEN 'day' THEN width_bucket(asked_at, %(midnights)s::timestamptz[]) END AS day,
           CASE %(group_by)s WHEN 'model' THEN model WHEN 'channel' THEN channel WHEN 'agent' THEN agent END AS name,
           count(*) AS turns,
           count(*) FILTER (WHERE status = 'answered') AS answered,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           sum(llm_calls) AS llm_calls,
           sum(unpriced_calls) AS unpriced_calls,
           sum(input_tokens) AS input_tokens,
           sum(cached_input_tokens) AS cached_input_tokens,
           sum(output_tokens) AS output_tokens,
           sum(cost_nano) AS cost_nano,
           count(*) FILTER (WHERE cached) AS cache_hits,
           array_agg(time_ms) FILTER (WHERE time_ms IS NOT NULL) AS times
      FROM chosen GROUP BY 1, 2, 3
), figures AS (
    SELECT false AS is_total, coalesce(p.user_id, (%(days)s::date[])[g.day]::text, g.name) AS key, g.turns, g.answered,
           g.failed, g.llm_calls, g.unpriced_calls, g.input_tokens, g.cached_input_tokens, g.output_tokens, g.cost_nano,
           g.cache_hits, t.mean_time_ms, t.p95_time_ms
      FROM grouped g
      LEFT JOIN persons p ON p.tenant_id = %(tenant_id)s AND p.id = g.person_id
     CROSS JOIN LATERAL (SELECT avg(time_ms)::float AS mean_time_ms,
                                percentile_cont(0.95) WITHIN GROUP (ORDER BY time_ms) AS p95_time_ms
                           FROM unnest(g.times) time_ms) t
    UNION ALL
    SELECT true, NULL, g.*, t.*
      FROM (SELECT coalesce(sum(turns), 0), coalesce(sum(answered), 0), coalesce(sum(failed), 0),
                   coalesce(sum(llm_calls), 0), coalesce(sum(unpriced_calls), 0), coalesce(sum(input_tokens), 0),
                   coalesce(sum(cached_input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cost_nano), 0),
                   coalesce(sum(cache_hits), 0) FROM grouped) g
     CROSS JOIN (SELECT avg(time_ms)::float, percentile_cont(0.95) WITHIN GROUP (ORDER BY time_ms)
                   FROM grouped CROSS JOIN unnest(times) time_ms) t
)
SELECT is_total, key, turns::bigint, answered::bigint, failed::bigint, llm_calls::bigint, unpriced_calls = 0 AS priced,
       input_tokens::bigint, cached_input_tokens::bigint, output_tokens::bigint, cost_nano::bigint,
       cache_hits::bigint, mean_time_ms, p95_time_ms
  FROM figures ORDER BY is_total, key NULLS LAST;

-- plan_totals --
-- For the transaction: by hash, for sorting every turn by its group goes over the disk; and in one
-- process, for on few cores helpers cost more than they carry, and take from whoever answers turns.
SELECT set_config('enable_sort', 'off', true), set_config('max_parallel_workers_per_gather', '0', true);

-- zone --
-- Fails for a zone that is unknown here.
SELECT now() AT TIME ZONE %(zone)s;
