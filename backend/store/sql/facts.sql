-- lock_person --
-- Whoever writes facts of a person comes one after the other. No row: they were erased.
SELECT id FROM persons WHERE tenant_id = %(tenant_id)s AND id = %(person_id)s FOR NO KEY UPDATE;

-- told --
-- What the person said in a turn. The turn's lock makes an erasure come before or after, never between.
SELECT m.id AS message_id, m.text, m.at, t.person_id
  FROM turns t
  JOIN messages m ON m.tenant_id = t.tenant_id AND m.turn_id = t.id
 WHERE t.tenant_id = %(tenant_id)s AND t.id = %(turn_id)s AND m.author = 'user'
 ORDER BY m.id
   FOR SHARE OF t;

-- asked_model --
-- Whether a model was asked about this turn's facts already, however that ended.
SELECT EXISTS (SELECT 1 FROM llm_calls
                WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s AND purpose = 'learn') AS asked;

-- of_topic --
SELECT id, text, valid_from, valid_to, superseded_by, confirmed_at FROM facts
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
   AND subject_key = %(subject_key)s AND topic_key = %(topic_key)s
 ORDER BY valid_from, valid_to NULLS LAST, id;

-- add --
INSERT INTO facts (tenant_id, person_id, id, subject, topic, text, subject_key, topic_key, said_at, valid_from,
                   valid_to, superseded_by, noted_by, source_turn_id, source_message_id, terms, terms_version)
VALUES (%(tenant_id)s, %(person_id)s, %(id)s, %(subject)s, %(topic)s, %(text)s, %(subject_key)s, %(topic_key)s,
        %(said_at)s, %(said_at)s, %(valid_to)s, %(superseded_by)s, %(noted_by)s, %(source_turn_id)s,
        %(source_message_id)s, %(terms)s, %(terms_version)s);

-- close --
UPDATE facts SET valid_to = greatest(valid_from, %(valid_to)s), superseded_by = %(superseded_by)s
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s;

-- confirm --
-- The same was said again.
UPDATE facts
   SET confirmed_at = %(said_at)s, confirmed_turn_id = %(source_turn_id)s,
       confirmed_message_id = %(source_message_id)s
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s
   AND coalesce(confirmed_at, said_at) < %(said_at)s;

-- split --
-- Something else held between the two times that the same was said: the second is a fact of its own.
WITH first AS (
    UPDATE facts SET confirmed_at = NULL, confirmed_turn_id = NULL, confirmed_message_id = NULL
      FROM (SELECT * FROM facts
             WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s) before
     WHERE facts.tenant_id = before.tenant_id AND facts.person_id = before.person_id AND facts.id = before.id
    RETURNING before.*
)
INSERT INTO facts (tenant_id, person_id, id, subject, topic, text, subject_key, topic_key, said_at, valid_from,
                   valid_to, superseded_by, noted_by, source_turn_id, source_message_id, terms, terms_version)
SELECT tenant_id, person_id, %(second_id)s, subject, topic, text, subject_key, topic_key, confirmed_at,
       confirmed_at, %(valid_to)s, %(superseded_by)s, noted_by, confirmed_turn_id, confirmed_message_id, terms,
       terms_version
  FROM first;

-- said_earlier --
-- The same was said before what was known of it: it has been valid since then.
UPDATE facts
   SET said_at = %(said_at)s, valid_from = %(said_at)s, source_turn_id = %(source_turn_id)s,
       source_message_id = %(source_message_id)s, confirmed_at = coalesce(confirmed_at, said_at),
       confirmed_turn_id = CASE WHEN confirmed_at IS NULL THEN source_turn_id ELSE confirmed_turn_id END,
       confirmed_message_id = CASE WHEN confirmed_at IS NULL THEN source_message_id
                                   ELSE confirmed_message_id END
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s;

-- keep_most --
-- What is beyond the limit is closed: the oldest first, and what an operator wrote last of all.
UPDATE facts SET valid_to = greatest(valid_from, now())
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND valid_to IS NULL
   AND id IN (SELECT id FROM facts
               WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND valid_to IS NULL
               ORDER BY noted_by = 'operator' DESC, said_at DESC, id DESC OFFSET %(most)s);

-- known --
-- Current facts, those with most of the question's words first, then the newest. Terms of one word are
-- the same word in several languages' stems.
SELECT f.id, f.subject, f.topic, f.text, f.said_at, f.noted_by,
       ARRAY[f.source_message_id, f.confirmed_message_id] AS message_ids,
       (SELECT count(DISTINCT asked.word)
          FROM unnest(%(terms)s::bigint[], %(words)s::integer[]) AS asked (term, word)
         WHERE asked.term = ANY (f.terms))::integer AS matched
  FROM facts f
 WHERE f.tenant_id = %(tenant_id)s AND f.person_id = %(person_id)s AND f.valid_to IS NULL
 ORDER BY matched DESC, f.said_at DESC, f.id DESC LIMIT %(limit)s;

-- unindexed --
SELECT id, subject, topic, text FROM facts
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND valid_to IS NULL
   AND terms_version <> %(terms_version)s;

-- index --
UPDATE facts SET terms = %(terms)s, terms_version = %(terms_version)s
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s;

-- listed --
SELECT id, subject, topic, text, said_at, valid_from, valid_to, superseded_by, noted_by, source_turn_id
  FROM facts
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND (%(history)s OR valid_to IS NULL)
 ORDER BY valid_to IS NOT NULL, said_at DESC, id DESC LIMIT %(limit)s;

-- one --
SELECT id, subject, topic, text, said_at, valid_from, valid_to, superseded_by, noted_by, source_turn_id
  FROM facts
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s;

-- remove --
-- Wholly: nothing points to it any more.
WITH removed AS (
    DELETE FROM facts
     WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND id = %(id)s
    RETURNING id
), pointing AS (
    UPDATE facts SET superseded_by = NULL
     WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND superseded_by = %(id)s
)
SELECT id FROM removed;
