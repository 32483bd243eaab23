-- tenants --
SELECT name AS __text, tenant_id::text AS __value FROM tenants ORDER BY name;

-- totals --
SELECT coalesce(sum(cost_usd), 0)::float AS cost_usd, count(DISTINCT (tenant_id, user_id)) AS users, count(*) AS turns,
       coalesce(sum(cost_usd) / nullif(count(DISTINCT (tenant_id, user_id)), 0), 0)::float AS cost_per_user,
       coalesce(sum(output_tokens), 0)::bigint AS output_tokens, coalesce(sum(unpriced_calls), 0)::bigint AS unpriced_calls
  FROM turn_ledger WHERE $__timeFilter(asked_at) AND tenant_id IN (${tenant:sqlstring});

-- users --
SELECT tenant, user_id, count(*) AS turns, sum(llm_calls)::bigint AS llm_calls,
       sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
       sum(cost_usd)::float AS cost_usd, (sum(cost_usd) / count(*))::float AS cost_per_turn,
       sum(unpriced_calls)::bigint AS unpriced_calls, percentile_cont(0.95) WITHIN GROUP (ORDER BY time_ms) AS p95_ms
  FROM turn_ledger WHERE $__timeFilter(asked_at) AND tenant_id IN (${tenant:sqlstring})
 GROUP BY tenant, user_id ORDER BY cost_usd DESC, turns DESC LIMIT 100;

-- days_by_model --
-- A turn that called no model has none.
SELECT date_trunc('day', asked_at, 'UTC') AS time, coalesce(model, 'none') AS metric, sum(cost_usd)::float AS cost_usd
  FROM turn_ledger WHERE $__timeFilter(asked_at) AND tenant_id IN (${tenant:sqlstring})
 GROUP BY 1, 2 ORDER BY 1, 2;

-- days_by_tenant --
SELECT date_trunc('day', asked_at, 'UTC') AS time, tenant AS metric, sum(cost_usd)::float AS cost_usd
  FROM turn_ledger WHERE $__timeFilter(asked_at) AND tenant_id IN (${tenant:sqlstring})
 GROUP BY 1, 2 ORDER BY 1, 2;

-- models --
SELECT coalesce(model, 'none') AS model, count(*) AS turns, sum(llm_calls)::bigint AS llm_calls,
       sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cost_usd)::float AS cost_usd,
       sum(unpriced_calls)::bigint AS unpriced_calls
  FROM turn_ledger WHERE $__timeFilter(asked_at) AND tenant_id IN (${tenant:sqlstring})
 GROUP BY 1 ORDER BY cost_usd DESC;
