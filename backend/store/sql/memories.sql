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

-- search --
-- By word (BM25, k1 = 1.2, b = 0.75) and by meaning (cosine), exactly and within one person. What
-- was said before and after speaks for a memory, too. Each score is stretched to 0..1 over the
-- person's memories, then they are weighed; with the best come their neighbours.
WITH size AS (
    SELECT memories, greatest(words::float8 / greatest(memories, 1), 1) AS mean
      FROM memory_sizes WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
), hits AS MATERIALIZED (
    -- A word may have been stemmed as in several languages.
    SELECT a.word, u.no, sum(u.count)::float8 AS count
      FROM unnest(%(terms)s::bigint[], %(words)s::smallint[]) AS a(term, word)
      JOIN memory_terms t ON t.tenant_id = %(tenant_id)s AND t.person_id = %(person_id)s AND t.term = a.term
     CROSS JOIN LATERAL unnest(t.nos, t.counts) AS u(no, count)
     GROUP BY a.word, u.no
), rarity AS (
    SELECT word, ln(1 + greatest(size.memories - count(hits.no) + 0.5, 0.5) / (count(hits.no) + 0.5))::float8 AS weight
      FROM size, (SELECT DISTINCT unnest(%(words)s::smallint[]) AS word) asked LEFT JOIN hits USING (word)
     GROUP BY word, size.memories
), near AS MATERIALIZED (
    SELECT no, id, conversation_id, words,
           CASE WHEN embedding_model = %(embedding_model)s THEN 1 - (embedding <=> %(embedding)s::halfvec) END AS semantic
      FROM memories
     WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
), said AS (
    SELECT h.no, sum(r.weight * h.count * 2.2 / (h.count + 1.2 * (0.25 + 0.75 * n.words / size.mean))) AS lexical
      FROM size, hits h JOIN rarity r USING (word) JOIN near n USING (no)
     GROUP BY h.no
), own AS (
    SELECT n.no, n.id, n.conversation_id, n.semantic, coalesce(s.lexical, 0) AS lexical
      FROM near n LEFT JOIN said s USING (no)
), beside AS (
    SELECT no, id, conversation_id, semantic, lexical,
           lexical + %(before_weight)s * CASE WHEN lag(conversation_id) OVER talk = conversation_id THEN lag(lexical) OVER talk ELSE 0 END
                   + %(after_weight)s * CASE WHEN lead(conversation_id) OVER talk = conversation_id THEN lead(lexical) OVER talk ELSE 0 END
           AS spoken
      FROM own WINDOW talk AS (ORDER BY no)
), reach AS (
    SELECT min(spoken) AS least_spoken, nullif(max(spoken) - min(spoken), 0) AS spoken,
           min(semantic) AS least_semantic, nullif(max(semantic) - min(semantic), 0) AS semantic
      FROM beside
), scored AS (
    SELECT b.no, b.id, b.conversation_id, b.lexical, b.semantic,
           (1 - %(semantic_weight)s) * coalesce((b.spoken - r.least_spoken) / r.spoken, 0)
           + %(semantic_weight)s * coalesce((b.semantic - r.least_semantic) / r.semantic, 0) AS score
      FROM beside b, reach r
), best AS (
    SELECT no, conversation_id, score FROM scored
     WHERE NOT id = ANY(%(except_ids)s)
     ORDER BY score DESC, no DESC LIMIT %(limit)s
), picked AS (
    SELECT DISTINCT ON (s.no) s.no, s.lexical, s.semantic, s.score, b.no AS found_by
      FROM best b JOIN scored s ON s.no BETWEEN b.no - %(neighbours)s AND b.no + %(neighbours)s
                               AND s.conversation_id = b.conversation_id
     WHERE NOT s.id = ANY(%(except_ids)s)
     ORDER BY s.no, s.no = b.no DESC, b.score DESC
)
SELECT p.no, p.found_by, p.lexical, p.semantic, p.score, (SELECT (sum(weight) * 2.2)::float8 FROM rarity) AS possible,
       m.id, m.turn_id, m.role, m.text, m.at, m.external_id, coalesce(c.external_id, c.id::text) AS conversation
  FROM picked p
  JOIN memories m ON m.tenant_id = %(tenant_id)s AND m.person_id = %(person_id)s AND m.no = p.no
  JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
 ORDER BY p.score DESC, p.no DESC;

-- bare --
-- Memories without a vector of this model, or with terms of an older rule. Of two kinds, so that each
-- has an index to walk along.
(SELECT person_id, no, text, embedding IS NOT NULL AND embedding_model = %(embedding_model)s AS has_vector, terms_version
   FROM memories WHERE tenant_id = %(tenant_id)s AND embedding IS NULL LIMIT %(limit)s)
UNION ALL
(SELECT person_id, no, text, embedding_model = %(embedding_model)s, terms_version
   FROM memories
  WHERE tenant_id = %(tenant_id)s AND embedding IS NOT NULL
    AND (embedding_model < %(embedding_model)s OR embedding_model > %(embedding_model)s
         OR (embedding_model = %(embedding_model)s AND terms_version < %(terms_version)s))
  LIMIT %(limit)s)
LIMIT %(limit)s;

-- renew --
UPDATE memories m
   SET embedding = made.embedding::halfvec, embedding_model = %(embedding_model)s
  FROM unnest(%(persons)s::uuid[], %(nos)s::integer[], %(embeddings)s::text[]) AS made (person_id, no, embedding)
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
