-- lanes --
-- A tenant's tasks, each state by the index that was made for it: another tenant's backlog costs
-- nothing. Tasks stand outside the wall, so here it is this statement that names the tenant.
WITH task AS (
    SELECT lane, state, run_at FROM tasks WHERE tenant_id = %(tenant_id)s AND lane = 'interactive' AND state = 'ready'
    UNION ALL
    SELECT lane, state, run_at FROM tasks WHERE tenant_id = %(tenant_id)s AND lane = 'bulk' AND state = 'ready'
    UNION ALL
    SELECT lane, state, run_at FROM tasks WHERE tenant_id = %(tenant_id)s AND lane = 'interactive' AND state = 'running'
    UNION ALL
    SELECT lane, state, run_at FROM tasks WHERE tenant_id = %(tenant_id)s AND lane = 'bulk' AND state = 'running'
    UNION ALL
    SELECT lane, state, run_at FROM tasks WHERE tenant_id = %(tenant_id)s AND state IN ('waiting', 'failed')
)
SELECT lane.name AS lane,
       count(*) FILTER (WHERE state = 'ready' AND run_at <= now()) AS ready,
       count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'failed') AS failed,
       -- To be tried again later.
       count(*) FILTER (WHERE state = 'ready' AND run_at > now()) AS delayed,
       extract(epoch FROM now() - min(run_at) FILTER (WHERE state IN ('ready', 'waiting') AND run_at <= now()))::float
       AS oldest_age_seconds
  FROM (VALUES (1, 'interactive'), (2, 'bulk')) AS lane (place, name)
  LEFT JOIN task ON task.lane = lane.name
 GROUP BY lane.place, lane.name ORDER BY lane.place;

-- recent_failures --
SELECT id, error_code, asked_at FROM turns
 WHERE tenant_id = %(tenant_id)s AND status = 'failed' AND person_id IS NOT NULL
 ORDER BY asked_at DESC, id DESC LIMIT %(limit)s;
