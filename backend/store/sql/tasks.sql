-- add --
-- A task is ready at once unless its conversation has one open. The caller holds the
-- conversation's lock, so that two of them never both see an empty road.
INSERT INTO tasks (id, kind, key, lane, tenant_id, conversation_id, subject_id, seq, state, rung_at)
SELECT %(id)s, %(kind)s, %(key)s, %(lane)s, %(tenant_id)s, %(conversation_id)s, %(subject_id)s, %(seq)s,
       CASE WHEN busy THEN 'waiting' ELSE 'ready' END, CASE WHEN busy THEN NULL ELSE now() END
  FROM (SELECT %(conversation_id)s::uuid IS NOT NULL AND EXISTS (
            SELECT 1 FROM tasks
             WHERE conversation_id = %(conversation_id)s AND state <> 'failed') AS busy) road
ON CONFLICT (key) DO NOTHING
RETURNING state;

-- add_begun --
-- Whoever did what came before goes on with it at once: no ring, no claim.
INSERT INTO tasks (id, kind, key, lane, tenant_id, conversation_id, subject_id, seq, state, attempt, lease_until)
VALUES (%(id)s, %(kind)s, %(key)s, %(lane)s, %(tenant_id)s, %(conversation_id)s, %(subject_id)s, %(seq)s,
        'running', 1, now() + %(lease)s)
ON CONFLICT (key) DO NOTHING
RETURNING id, kind, lane, tenant_id, conversation_id, subject_id, attempt, failures;

-- claim --
-- The oldest ready task of the tenant with the fewest running or lately served. Walks from tenant to tenant
-- along tasks_ready, so a backlog of one costs the others nothing.
WITH RECURSIVE tenant AS (
    (SELECT tenant_id FROM tasks
      WHERE lane = %(lane)s AND state = 'ready' ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT t.tenant_id FROM tasks t
             WHERE t.lane = %(lane)s AND t.state = 'ready' AND t.tenant_id > tenant.tenant_id
             ORDER BY t.tenant_id LIMIT 1)
      FROM tenant WHERE tenant.tenant_id IS NOT NULL
), turn_to AS MATERIALIZED (
    SELECT tenant.tenant_id,
           (SELECT count(*) FROM tasks r
             WHERE r.lane = %(lane)s AND r.state = 'running' AND r.tenant_id = tenant.tenant_id)
           + coalesce(lately.served, 0) AS served
      FROM tenant
      LEFT JOIN unnest(%(tenants)s::uuid[], %(served)s::float8[]) AS lately (tenant_id, served) USING (tenant_id)
     WHERE tenant.tenant_id IS NOT NULL
     -- Between equals a random one: the same tenant must not always come first.
     ORDER BY served, random()
), chosen AS MATERIALIZED (
    SELECT head.id
      FROM turn_to
      CROSS JOIN LATERAL (
          SELECT t.id FROM tasks t
           WHERE t.lane = %(lane)s AND t.state = 'ready' AND t.tenant_id = turn_to.tenant_id
             AND t.run_at <= now()
           ORDER BY t.run_at, t.id LIMIT 1 FOR UPDATE SKIP LOCKED) head
     LIMIT 1
)
UPDATE tasks
   SET state = 'running', attempt = attempt + 1, lease_until = now() + %(lease)s
  FROM chosen
 WHERE tasks.id = chosen.id
RETURNING tasks.id, tasks.kind, tasks.lane, tasks.tenant_id, tasks.conversation_id, tasks.subject_id,
          tasks.attempt, tasks.failures;

-- renew --
-- One statement a process for all it holds. What does not come back has a newer claimant.
UPDATE tasks
   SET lease_until = now() + %(lease)s
  FROM unnest(%(ids)s::uuid[], %(attempts)s::integer[]) AS held (id, attempt)
 WHERE tasks.id = held.id AND tasks.attempt = held.attempt AND tasks.state = 'running'
RETURNING tasks.id;

-- finish --
-- Done is gone. No row: a newer claimant has it.
DELETE FROM tasks WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' RETURNING id;

-- promote --
-- The conversation's next task may run. The caller holds the conversation's lock.
UPDATE tasks SET state = 'ready', rung_at = now(), rings = 0
 WHERE id = (SELECT id FROM tasks
              WHERE conversation_id = %(conversation_id)s AND state = 'waiting' ORDER BY seq LIMIT 1)
RETURNING lane;

-- give_back --
-- The worker leaves, or a store is away: not the task's fault, so not counted.
UPDATE tasks SET state = 'ready', lease_until = NULL, rung_at = NULL, rings = 0
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' RETURNING id;

-- go_on --
-- A part of a long task is done: its failures so far are forgiven, and others have their turn.
UPDATE tasks SET state = 'ready', lease_until = NULL, failures = 0, run_at = now() + %(after)s, rung_at = NULL, rings = 0
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' RETURNING id;

-- retry --
-- This attempt failed; another may do better after a while.
UPDATE tasks
   SET state = 'ready', lease_until = NULL, failures = failures + 1,
       run_at = now() + %(delay)s, rung_at = NULL, rings = 0, error_code = %(error_code)s
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' RETURNING id;

-- bury --
-- A task of its own that is out of attempts stays as a row, to be seen and repeated by hand.
UPDATE tasks SET state = 'failed', lease_until = NULL, failures = failures + 1, error_code = %(error_code)s
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' RETURNING id;

-- expire --
-- Leases that ran out: back to ready, counted as a failure. A database that was just started
-- gives every worker one lease's time to renew first: their silence was ours.
-- Who has one attempt left was there when two workers died, and may be why. These go one at a
-- time, so that the one that kills its worker takes no neighbour along for the last time.
WITH fresh AS (
    SELECT id FROM tasks
     WHERE state = 'running' AND lease_until < now() AND failures + 2 < %(attempts)s
     ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
), suspect AS (
    SELECT id FROM tasks suspect
     WHERE state = 'running' AND lease_until < now() AND failures + 2 = %(attempts)s
       AND NOT EXISTS (
           SELECT 1 FROM tasks other
            WHERE other.id <> suspect.id AND other.state IN ('ready', 'running')
              AND other.failures + 1 >= %(attempts)s AND other.error_code = 'lease_expired')
     ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE tasks
   SET state = 'ready', lease_until = NULL, failures = failures + 1, rung_at = NULL, rings = 0,
       error_code = 'lease_expired'
 WHERE id IN (SELECT id FROM fresh UNION ALL SELECT id FROM suspect)
   AND pg_postmaster_start_time() < now() - %(lease)s
RETURNING id, tenant_id, subject_id, attempt;

-- exhausted --
-- Leases that ran out for the last time: taken over under a new fence, to be closed as failed.
UPDATE tasks
   SET attempt = attempt + 1, lease_until = now() + %(lease)s
 WHERE id IN (SELECT id FROM tasks
               WHERE state = 'running' AND lease_until < now() AND failures + 1 >= %(attempts)s
                 AND pg_postmaster_start_time() < now() - %(lease)s
               ORDER BY lease_until LIMIT 20 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, lane, tenant_id, conversation_id, subject_id, attempt, failures;

-- ring --
-- Ready tasks that nobody came for: Redis forgot, or never knew. Each ring waits twice as long
-- as the one before (2 s to 60 s), so a long backlog is not multiplied in Redis.
WITH overdue AS (
    SELECT id, rung_at IS NOT NULL AS told FROM tasks
     WHERE state = 'ready' AND run_at <= now()
       AND (rung_at IS NULL
            OR rung_at < now() - make_interval(secs => least(60, 2 * power(2, least(rings, 5)))))
     ORDER BY run_at LIMIT 200 FOR UPDATE SKIP LOCKED
)
UPDATE tasks SET rung_at = now(), rings = rings + 1
  FROM overdue WHERE tasks.id = overdue.id
RETURNING tasks.lane, overdue.told;

-- ready_in_lane --
SELECT count(*) AS tasks FROM tasks WHERE lane = %(lane)s AND state = 'ready' AND run_at <= now();

-- depth --
-- The queue as the truth has it, by lane and state; age in seconds of the oldest claimable one.
SELECT lane, kind, state, count(*) AS tasks,
       coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state IN ('ready', 'waiting'))), 0)::float AS oldest_seconds
  FROM tasks GROUP BY lane, kind, state;
