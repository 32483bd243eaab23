-- lock_name --
-- Versions of one document come one after the other, whoever uploads or reads them.
SELECT pg_advisory_xact_lock(hashtextextended(%(tenant_id)s::text || %(title)s || E'\n' || %(source)s, 7305104));

-- add --
-- The same content under the same name is the same document. What could not be read is tried anew.
INSERT INTO documents AS d (tenant_id, id, title, source, fingerprint, content, bytes)
VALUES (%(tenant_id)s, %(id)s, %(title)s, %(source)s, %(fingerprint)s, %(content)s, %(bytes)s)
ON CONFLICT (tenant_id, title, source, fingerprint) DO UPDATE
   SET uploaded_at = now(), error_code = NULL,
       content = CASE WHEN d.status = 'failed' THEN excluded.content ELSE d.content END,
       status = CASE WHEN d.status = 'failed' THEN 'queued' ELSE d.status END
RETURNING id, status, xmax = 0 AS is_new;

-- waiting --
-- What lies here unread.
SELECT count(*) AS documents FROM documents
 WHERE tenant_id = %(tenant_id)s AND status IN ('queued', 'reading');

-- all --
SELECT id, title, source, format, bytes, status, error_code, pages, passages, uploaded_at, ready_at
  FROM documents WHERE tenant_id = %(tenant_id)s
 ORDER BY id DESC LIMIT %(limit)s;

-- remove --
DELETE FROM documents WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING id;

-- find --
SELECT title, source, content, status FROM documents
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status <> 'failed';

-- held_passages --
-- Of all documents but this one, and those that it takes the place of.
SELECT coalesce(sum(other.passages), 0)::integer AS passages
  FROM documents other
 WHERE other.tenant_id = %(tenant_id)s AND other.id <> %(id)s AND other.status IN ('reading', 'ready')
   AND NOT EXISTS (SELECT FROM documents this
                    WHERE this.tenant_id = %(tenant_id)s AND this.id = %(id)s
                      AND this.title = other.title AND this.source = other.source);

-- forget_passages --
-- An attempt that was read again begins with none.
WITH terms AS (
    DELETE FROM passage_terms WHERE tenant_id = %(tenant_id)s AND document_id = %(id)s
)
DELETE FROM passages WHERE tenant_id = %(tenant_id)s AND document_id = %(id)s;

-- begin_reading --
UPDATE documents
   SET status = 'reading', format = %(format)s, pages = %(pages)s, passages = %(passages)s, content = NULL
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status IN ('queued', 'reading')
RETURNING id;

-- add_passages --
INSERT INTO passages (tenant_id, document_id, no, section, page, language, text, words, terms_version)
SELECT %(tenant_id)s, %(id)s, no, section, page, language, text, words, %(terms_version)s
  FROM jsonb_to_recordset(%(passages)s)
    AS read (no integer, section text, page integer, language text, text text, words integer);

-- add_terms --
INSERT INTO passage_terms (tenant_id, term, document_id, nos, counts)
SELECT %(tenant_id)s, u.term, %(id)s, array_agg(u.no ORDER BY u.no), array_agg(u.count ORDER BY u.no)
  FROM unnest(%(terms)s::bigint[], %(nos)s::integer[], %(counts)s::smallint[]) AS u(term, no, count)
 GROUP BY u.term;

-- bare --
-- Passages of a document without a vector of this model.
SELECT no, section, text FROM passages
 WHERE tenant_id = %(tenant_id)s AND document_id = %(id)s AND embedding_model IS DISTINCT FROM %(embedding_model)s
   AND no > %(after)s
 ORDER BY no LIMIT %(limit)s;

-- embed --
UPDATE passages p
   SET embedding = made.embedding::halfvec, embedding_model = %(embedding_model)s
  FROM unnest(%(nos)s::integer[], %(embeddings)s::text[]) AS made (no, embedding)
 WHERE p.tenant_id = %(tenant_id)s AND p.document_id = %(id)s AND p.no = made.no;

-- lock --
-- As it is now: it may have been deleted meanwhile, or uploaded again.
SELECT uploaded_at FROM documents
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'reading' FOR UPDATE;

-- newer --
-- A later upload of the same name that is ready already.
SELECT id FROM documents
 WHERE tenant_id = %(tenant_id)s AND title = %(title)s AND source = %(source)s AND status = 'ready'
   AND id <> %(id)s AND uploaded_at > %(uploaded_at)s LIMIT 1;

-- replace --
-- From here on this one serves, and none of before does.
WITH before AS (
    DELETE FROM documents
     WHERE tenant_id = %(tenant_id)s AND title = %(title)s AND source = %(source)s AND id <> %(id)s
       AND uploaded_at <= %(uploaded_at)s
)
UPDATE documents SET status = 'ready', ready_at = now(), error_code = NULL
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- failed --
WITH terms AS (
    DELETE FROM passage_terms WHERE tenant_id = %(tenant_id)s AND document_id = %(id)s
), read AS (
    DELETE FROM passages WHERE tenant_id = %(tenant_id)s AND document_id = %(id)s
)
UPDATE documents SET status = 'failed', error_code = %(error_code)s, content = NULL, passages = 0
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status IN ('queued', 'reading');

-- outdated --
-- Ready documents that have passages without a vector of this model.
SELECT d.id FROM documents d
 WHERE d.tenant_id = %(tenant_id)s AND d.status = 'ready'
   AND EXISTS (SELECT FROM passages p
                WHERE p.tenant_id = d.tenant_id AND p.document_id = d.id
                  AND p.embedding_model IS DISTINCT FROM %(embedding_model)s);

-- search --
-- By word (BM25, k1 = 1.2, b = 0.75) and by meaning (cosine), exactly, over all that is ready. Each score is
-- stretched to 0..1, then they are weighed. How rare a word is in a library of few passages says little of it,
-- so the library is counted as one of some size at least.
WITH near AS MATERIALIZED (
    SELECT p.document_id, p.no, p.words,
           CASE WHEN p.embedding_model = %(embedding_model)s THEN 1 - (p.embedding <=> %(embedding)s::halfvec) END AS semantic
      FROM documents d
      JOIN passages p ON p.tenant_id = d.tenant_id AND p.document_id = d.id
     WHERE d.tenant_id = %(tenant_id)s AND p.tenant_id = %(tenant_id)s AND d.status = 'ready'
), size AS (
    SELECT greatest(count(*), %(least_passages)s) AS passages, greatest(avg(words)::float8, 1) AS mean FROM near
), hits AS MATERIALIZED (
    -- A word may have been stemmed as in several languages.
    SELECT a.word, t.document_id, u.no, sum(u.count)::float8 AS count
      FROM unnest(%(terms)s::bigint[], %(words)s::smallint[]) AS a(term, word)
      JOIN passage_terms t ON t.tenant_id = %(tenant_id)s AND t.term = a.term
      JOIN documents d ON d.tenant_id = %(tenant_id)s AND d.id = t.document_id AND d.status = 'ready'
     CROSS JOIN LATERAL unnest(t.nos, t.counts) AS u(no, count)
     GROUP BY a.word, t.document_id, u.no
), rarity AS (
    SELECT word, ln(1 + greatest(size.passages - count(hits.no) + 0.5, 0.5) / (count(hits.no) + 0.5))::float8 AS weight
      FROM size, (SELECT DISTINCT unnest(%(words)s::smallint[]) AS word) asked LEFT JOIN hits USING (word)
     GROUP BY word, size.passages
), said AS (
    SELECT h.document_id, h.no, sum(r.weight) AS held,
           sum(r.weight * h.count * 2.2 / (h.count + 1.2 * (0.25 + 0.75 * p.words / size.mean))) AS lexical
      FROM size, hits h
      JOIN rarity r USING (word)
      JOIN passages p ON p.tenant_id = %(tenant_id)s AND p.document_id = h.document_id AND p.no = h.no
     GROUP BY h.document_id, h.no
), own AS (
    -- Put together by grouping, not by a join: a library that was just filled has no statistics yet, and a
    -- join that is planned without them compares everything with everything.
    SELECT document_id, no, max(semantic) AS semantic, max(lexical) AS lexical, max(held) AS held
      FROM (SELECT document_id, no, semantic, 0::float8 AS lexical, 0::float8 AS held FROM near
            UNION ALL
            SELECT document_id, no, NULL, lexical, held FROM said) each
     GROUP BY document_id, no
), reach AS (
    SELECT min(lexical) AS least_lexical, nullif(max(lexical) - min(lexical), 0) AS lexical,
           min(semantic) AS least_semantic, nullif(max(semantic) - min(semantic), 0) AS semantic
      FROM own
), best AS (
    SELECT o.document_id, o.no, o.lexical, o.semantic, o.held,
           (1 - %(semantic_weight)s) * coalesce((o.lexical - r.least_lexical) / r.lexical, CASE WHEN o.lexical > 0 THEN 1 ELSE 0 END)
           + %(semantic_weight)s * coalesce((o.semantic - r.least_semantic) / r.semantic, CASE WHEN o.semantic IS NULL THEN 0 ELSE 1 END)
           AS score
      FROM own o, reach r
     ORDER BY score DESC, o.document_id DESC, o.no LIMIT %(limit)s
)
SELECT b.document_id, b.no, b.score, b.lexical, b.semantic, b.held, (SELECT sum(weight) FROM rarity) AS asked,
       d.title, d.source, d.passages, d.ready_at, p.section, p.page, p.language, p.text
  FROM best b
  JOIN documents d ON d.tenant_id = %(tenant_id)s AND d.id = b.document_id
  JOIN passages p ON p.tenant_id = %(tenant_id)s AND p.document_id = b.document_id AND p.no = b.no
 ORDER BY b.score DESC, b.document_id DESC, b.no;
