-- whom --
-- Whoever adds to this person waits for the end of the transaction.
SELECT id, user_id FROM persons WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s FOR UPDATE;

-- under_way --
SELECT id FROM erasures WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND status = 'open';

-- begin --
INSERT INTO erasures (tenant_id, id, person_id, user_id, digest)
VALUES (%(tenant_id)s, %(id)s, %(person_id)s, %(user_id)s, %(digest)s);

-- receipt --
SELECT id, status, digest, stores, requested_at, erased_at FROM erasures
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- open --
-- One attempt at a time writes: a second one waits here, and finds what the first has left.
SELECT id, person_id, user_id, stores FROM erasures
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'open' FOR UPDATE;

-- note --
UPDATE erasures SET stores = %(stores)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- done --
-- Those of the same person that failed before name nobody either, any more.
WITH earlier AS (
    UPDATE erasures SET person_id = NULL, user_id = NULL
     WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND status = 'failed'
)
UPDATE erasures SET status = 'done', person_id = NULL, user_id = NULL, stores = %(stores)s, erased_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- failed --
UPDATE erasures SET status = 'failed' WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'open';

-- lock_person --
SELECT FROM persons WHERE tenant_id = %(tenant_id)s AND id = %(person_id)s FOR UPDATE;

-- lock_conversations --
-- Whoever closes a turn, or opens one, comes before or after, and then finds nothing.
SELECT FROM conversations WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s ORDER BY id FOR UPDATE;

-- cancel --
-- Turns that are not over, and those that an attempt before this one has cancelled.
WITH open AS (
    SELECT t.id FROM conversations c
      JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
     WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s
       AND (t.status IN ('queued', 'running') OR t.error_code = %(error_code)s)
)
UPDATE turns SET status = 'cancelled', error_code = %(error_code)s, finished_at = now()
  FROM open WHERE turns.tenant_id = %(tenant_id)s AND turns.id = open.id
RETURNING turns.id, turns.attempt;

-- next_turns --
-- `fresh`: whoever answered it may still be telling of it.
SELECT t.id, coalesce(t.finished_at > now() - %(telling)s, true) AS fresh
  FROM conversations c
  JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
 WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s
 ORDER BY c.id, t.seq LIMIT %(limit)s FOR UPDATE OF t;

-- unlink --
-- What stays of a turn: when, by which way, how it ended, and its sums. Quarters of an hour keep the
-- days of every time zone whole.
UPDATE turns
   SET id = (overlay(uuid_floor(quarter)::text placing '7' || substr(gen_random_uuid()::text, 16) from 15))::uuid,
       person_id = NULL, conversation_id = NULL, seq = 0, data_source = NULL, metadata = '{}', streamed = false,
       asked_at = quarter, ready_at = quarter, finished_at = NULL, attempt = 0, attempts_began = '{}',
       trace_id = '', traceparent = NULL, query = NULL,
       answer = CASE WHEN decision IS NOT NULL
                     THEN jsonb_build_object('route', jsonb_build_object('decision', decision)) END
  FROM (SELECT id AS was, date_bin('15 minutes', asked_at, timestamptz '2000-01-01 00:00+00') AS quarter
          FROM turns WHERE tenant_id = %(tenant_id)s AND id = ANY(%(turn_ids)s)) moment
 WHERE tenant_id = %(tenant_id)s AND id = moment.was;

-- delete_all --
DELETE FROM {table} WHERE {whose};

-- delete_some --
-- Few enough that no statement is long.
DELETE FROM {table}
 WHERE {whose} AND ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {whose} LIMIT %(limit)s));

-- next_chunks --
-- An import that reads one of these waits, and then reads what is left of it.
SELECT import_id, no FROM import_chunks
 WHERE {whose} ORDER BY import_id, no LIMIT %(limit)s FOR UPDATE;

-- chunks_left --
-- Looked at without a lock: whoever imports holds a chunk first, and then waits for the person.
SELECT 1 FROM import_chunks WHERE {whose} LIMIT 1;

-- prune_chunk --
UPDATE import_chunks
   SET lines = (SELECT coalesce(jsonb_agg(line ORDER BY place), '[]')
                  FROM jsonb_array_elements(lines) WITH ORDINALITY AS said (line, place)
                 WHERE line ->> 'user_id' <> %(user_id)s)
 WHERE tenant_id = %(tenant_id)s AND import_id = %(import_id)s AND no = %(no)s;

-- refuse_errands --
-- Whoever waits for one is told that there is nobody by that name.
UPDATE errands SET status = 'refused', asked = '{}', answer = NULL, sealed = NULL, refusal = %(refusal)s
 WHERE {whose};
