-- begin --
INSERT INTO imports (tenant_id, id) VALUES (%(tenant_id)s, %(id)s);

-- add_chunk --
INSERT INTO import_chunks (tenant_id, import_id, no, lines)
VALUES (%(tenant_id)s, %(id)s, %(no)s, %(lines)s);

-- received --
UPDATE imports
   SET status = CASE WHEN %(accepted)s > 0 THEN 'queued' ELSE 'done' END, lines = %(lines)s, accepted = %(accepted)s,
       rejected = %(rejected)s, finished_at = CASE WHEN %(accepted)s > 0 THEN NULL ELSE now() END
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'receiving';

-- abandon --
DELETE FROM imports WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'receiving';

-- abandoned --
-- Of callers who left in the middle. A slow one may send for hours.
DELETE FROM imports
 WHERE tenant_id = %(tenant_id)s AND status = 'receiving' AND created_at < now() - interval '1 day';

-- next_chunk --
-- Locked, so that whoever is erased meanwhile is either in what is made of it, or no more in it.
SELECT no, lines FROM import_chunks
 WHERE tenant_id = %(tenant_id)s AND import_id = %(id)s ORDER BY no LIMIT 1 FOR UPDATE;

-- chunk_done --
WITH gone AS (
    DELETE FROM import_chunks WHERE tenant_id = %(tenant_id)s AND import_id = %(id)s AND no = %(no)s
    RETURNING no
)
UPDATE imports SET status = 'running', stored = stored + %(stored)s, repeated = repeated + %(repeated)s
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND EXISTS (SELECT 1 FROM gone);

-- done --
UPDATE imports SET status = 'done', finished_at = now() WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- failed --
-- Nobody goes on with what is left of it, so nobody's words are kept for that.
WITH gone AS (
    DELETE FROM import_chunks WHERE tenant_id = %(tenant_id)s AND import_id = %(id)s
)
UPDATE imports SET status = 'failed', finished_at = now() WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- status --
SELECT status FROM imports WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- progress --
SELECT id, status, lines, accepted, rejected, stored, repeated, created_at, finished_at,
       (SELECT count(*) FROM memories m
         WHERE m.tenant_id = %(tenant_id)s AND m.embedding IS NULL) AS without_vector,
       (SELECT coalesce(jsonb_object_agg(made.embedding_model, made.memories), '{}')
          FROM (SELECT m.embedding_model, count(*) AS memories FROM memories m
                 WHERE m.tenant_id = %(tenant_id)s AND m.embedding_model IS NOT NULL
                 GROUP BY m.embedding_model) made) AS vectors
  FROM imports WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- conversations --
-- Those that the lines name, made where they are new.
INSERT INTO conversations (tenant_id, id, person_id, channel, agent, external_id, last_turn_at, created_at)
SELECT %(tenant_id)s, said.id, said.person_id, 'import', (SELECT name FROM agents WHERE tenant_id = %(tenant_id)s AND is_default),
       said.name, said.last_at, said.first_at
  FROM unnest(%(ids)s::uuid[], %(persons)s::uuid[], %(names)s::text[], %(first)s::timestamptz[], %(last)s::timestamptz[])
    AS said (id, person_id, name, first_at, last_at)
ON CONFLICT (tenant_id, person_id, external_id) WHERE external_id IS NOT NULL
DO UPDATE SET last_turn_at = greatest(conversations.last_turn_at, excluded.last_turn_at)
RETURNING id, person_id, external_id;
