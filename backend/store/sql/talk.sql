-- talk --
-- All that is remembered of a person, in any order, as columns: an array costs a tenth of as many rows, and one of
-- packed numbers a third of three. NaN: no vector to compare. All vectors are of length one: then the inner product is
-- the cosine, for a third of the work.
SELECT array_send(array_agg((no::bigint << 32) | ((uuid_hash(conversation_id) & 65535) << 15) | least(words, 32767)))
       AS places,
       array_send(array_agg(CASE WHEN embedding_model = %(embedding_model)s
                                 THEN (-(embedding <#> %(embedding)s::halfvec))::real ELSE 'NaN' END)) AS semantic,
       array_send(ARRAY(SELECT m.no FROM memories m
                         WHERE m.tenant_id = %(tenant_id)s AND m.person_id = %(person_id)s AND m.id = ANY(%(except_ids)s)))
       AS except_nos
  FROM memories WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s;

-- dated --
-- What was said in the periods.
SELECT array_send(array_agg(no)) AS nos FROM memories
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND at <@ %(periods)s::tstzmultirange;

-- hits --
-- Which memories have each of the words that are asked for, and how often. A word may have been stemmed as in
-- several languages: its memories come once for each. What `array_send` writes before the first member is cut off.
SELECT a.word, string_agg(substr(array_send(t.nos), 21), '' ORDER BY t.term, t.block) AS nos,
       string_agg(substr(array_send(t.counts), 21), '' ORDER BY t.term, t.block) AS counts
  FROM unnest(%(terms)s::bigint[], %(words)s::smallint[]) AS a(term, word)
  JOIN memory_terms t ON t.tenant_id = %(tenant_id)s AND t.person_id = %(person_id)s AND t.term = a.term
 GROUP BY a.word;

-- lines --
SELECT m.no, m.id, m.turn_id, m.role, m.text, m.at, m.external_id, coalesce(c.external_id, c.id::text) AS conversation
  FROM memories m JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
 WHERE m.tenant_id = %(tenant_id)s AND m.person_id = %(person_id)s AND m.no = ANY(%(nos)s::integer[]);
