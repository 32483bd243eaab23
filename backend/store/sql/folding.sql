-- size --
SELECT memories FROM memory_sizes WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s;

-- size_for_update --
-- Nothing is remembered of this person until the fold is written.
SELECT memories FROM memory_sizes WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s FOR UPDATE;

-- oldest --
SELECT no, conversation_id, role, text, at FROM memories
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND NOT is_digest
 ORDER BY at, no LIMIT %(limit)s;

-- remove --
WITH gone AS (
    DELETE FROM memories
     WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND no = ANY(%(nos)s)
    RETURNING words
)
UPDATE memory_sizes s SET memories = s.memories - g.memories, words = s.words - g.words
  FROM (SELECT count(*) AS memories, coalesce(sum(words), 0) AS words FROM gone) g
 WHERE s.tenant_id = %(tenant_id)s AND s.person_id = %(person_id)s;

-- remove_terms --
UPDATE memory_terms t
   SET (nos, counts) = (SELECT coalesce(array_agg(u.no ORDER BY u.place), '{}'), coalesce(array_agg(u.count ORDER BY u.place), '{}')
                          FROM unnest(t.nos, t.counts) WITH ORDINALITY AS u(no, count, place)
                         WHERE u.no <> ALL(%(nos)s::integer[]))
 WHERE t.tenant_id = %(tenant_id)s AND t.person_id = %(person_id)s AND t.block = ANY(%(blocks)s) AND t.nos && %(nos)s::integer[];

-- remove_empty_terms --
DELETE FROM memory_terms
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND block = ANY(%(blocks)s) AND nos = '{}';

-- mark --
UPDATE memories SET is_digest = true
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = ANY(%(ids)s);
