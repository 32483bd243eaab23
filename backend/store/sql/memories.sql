-- unremembered --
-- The messages of an answered turn, to be remembered.
SELECT m.id, m.author, m.text, m.at, t.person_id, t.conversation_id, t.id AS turn_id
  FROM messages m JOIN turns t ON t.tenant_id = m.tenant_id AND t.id = m.turn_id
 WHERE m.tenant_id = %(tenant_id)s AND m.turn_id = %(turn_id)s AND m.author IN ('user', 'agent')
   AND t.status = 'answered'
 ORDER BY m.id;

-- reserve --
-- Numbers for new memories of a person. The row stays locked: those of one commit are neighbours.
INSERT INTO memory_sizes AS s (tenant_id, person_id, last_no, memories, words)
VALUES (%(tenant_id)s, %(person_id)s, %(count)s, 0, 0)
ON CONFLICT (tenant_id, person_id) DO UPDATE SET last_no = s.last_no + %(count)s
RETURNING last_no - %(count)s AS before;

-- remember --
-- A memory that is there already is left alone, and so are its terms.
WITH said AS (
    SELECT *
      FROM jsonb_to_recordset(%(memories)s)
        AS said (no integer, id uuid, conversation_id uuid, turn_id uuid, external_id text, role text, text text,
                 at timestamptz, words integer, embedding text)
), added AS (
    INSERT INTO memories (tenant_id, person_id, no, id, conversation_id, turn_id, external_id, role, text, at,
                          words, terms_version, embedding, embedding_model)
    SELECT %(tenant_id)s, %(person_id)s, no, id, conversation_id, turn_id, external_id, role, text, at,
           words, %(terms_version)s, embedding::halfvec,
           CASE WHEN embedding IS NOT NULL THEN %(embedding_model)s END
      FROM said
    ON CONFLICT DO NOTHING
    RETURNING no, words
), indexed AS (
    INSERT INTO memory_terms AS known (tenant_id, person_id, term, block, nos, counts)
    SELECT %(tenant_id)s, %(person_id)s, u.term, u.no / %(block)s, array_agg(u.no ORDER BY u.no),
           array_agg(u.count ORDER BY u.no)
      FROM unnest(%(terms)s::bigint[], %(nos)s::integer[], %(counts)s::smallint[]) AS u(term, no, count)
      JOIN added USING (no)
     GROUP BY u.term, u.no / %(block)s
    ON CONFLICT (tenant_id, person_id, term, block)
    DO UPDATE SET nos = known.nos || excluded.nos, counts = known.counts || excluded.counts
), sized AS (
    UPDATE memory_sizes s
       SET memories = s.memories + a.memories, words = s.words + a.words
      FROM (SELECT count(*) AS memories, coalesce(sum(words), 0) AS words FROM added) a
     WHERE s.tenant_id = %(tenant_id)s AND s.person_id = %(person_id)s
)
SELECT no FROM added;

-- bare --
-- Memories without a vector of this model, or with terms of an older rule, beginning after one of those
-- without any. Of four kinds and in the order of their indexes, so that each has one to walk along: else
-- the last of a million would be looked for among all of them, each time.
(SELECT person_id, no, text, true AS is_new, false AS has_vector, terms_version
   FROM memories WHERE tenant_id = %(tenant_id)s AND embedding IS NULL
    AND (person_id, no) > (%(after_person)s, %(after_no)s)
  ORDER BY person_id, no LIMIT %(limit)s)
UNION ALL
(SELECT person_id, no, text, false, false, terms_version
   FROM memories WHERE tenant_id = %(tenant_id)s AND embedding_model < %(embedding_model)s
  ORDER BY embedding_model, terms_version LIMIT %(limit)s)
UNION ALL
(SELECT person_id, no, text, false, false, terms_version
   FROM memories WHERE tenant_id = %(tenant_id)s AND embedding_model > %(embedding_model)s
  ORDER BY embedding_model, terms_version LIMIT %(limit)s)
UNION ALL
(SELECT person_id, no, text, false, true, terms_version
   FROM memories
  WHERE tenant_id = %(tenant_id)s AND embedding_model = %(embedding_model)s AND terms_version < %(terms_version)s
  ORDER BY terms_version LIMIT %(limit)s)
LIMIT %(limit)s;

-- renew --
-- The vectors come as one array of numbers, of which each memory takes its part.
UPDATE memories m
   SET embedding = (%(embeddings)s::real[])[(made.place - 1) * %(width)s + 1 : made.place * %(width)s]::halfvec,
       embedding_model = %(embedding_model)s
  FROM unnest(%(persons)s::uuid[], %(nos)s::integer[]) WITH ORDINALITY AS made (person_id, no, place)
 WHERE m.tenant_id = %(tenant_id)s AND m.person_id = made.person_id AND m.no = made.no;

-- index_again --
-- Terms of memories that had none, or others; not of those that were erased meanwhile.
WITH counted AS (
    UPDATE memories m SET words = made.words, terms_version = %(terms_version)s
      FROM unnest(%(persons)s::uuid[], %(nos)s::integer[], %(words)s::integer[]) AS made (person_id, no, words)
     WHERE m.tenant_id = %(tenant_id)s AND m.person_id = made.person_id AND m.no = made.no
    RETURNING m.person_id, m.no, made.words
), sized AS (
    UPDATE memory_sizes s SET words = s.words + c.words
      FROM (SELECT person_id, sum(words) AS words FROM counted GROUP BY person_id) c
     WHERE s.tenant_id = %(tenant_id)s AND s.person_id = c.person_id
)
INSERT INTO memory_terms AS known (tenant_id, person_id, term, block, nos, counts)
SELECT %(tenant_id)s, u.person_id, u.term, u.no / %(block)s, array_agg(u.no ORDER BY u.no),
       array_agg(u.count ORDER BY u.no)
  FROM unnest(%(term_persons)s::uuid[], %(terms)s::bigint[], %(term_nos)s::integer[], %(counts)s::smallint[])
    AS u(person_id, term, no, count)
  JOIN counted c ON c.person_id = u.person_id AND c.no = u.no
 GROUP BY u.person_id, u.term, u.no / %(block)s
ON CONFLICT (tenant_id, person_id, term, block)
DO UPDATE SET nos = known.nos || excluded.nos, counts = known.counts || excluded.counts;
