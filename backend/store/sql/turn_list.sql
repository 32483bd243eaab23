-- chosen --
-- The turns that a list shows or a report adds up; what follows reads it, so that both mean the
-- same. Each condition without a value is folded away when the statement is planned. All but
-- the conversation stands in the index turns_reported: answers, kilobytes each, are not
-- read. A turn's id carries the moment of its request by the door's clock, `asked_at` that of its
-- commit by ours: a day is far more than lies between them, and spares the other months' traces.
WITH chosen AS (
    SELECT t.tenant_id, t.id, t.asked_at, t.person_id, t.channel, t.agent, t.model, t.status, t.cached, t.time_ms,
           t.llm_calls, t.unpriced_calls, t.input_tokens, t.cached_input_tokens, t.output_tokens, t.cost_nano
      FROM turns t
     WHERE t.tenant_id = %(tenant_id)s AND t.asked_at >= %(start)s AND t.asked_at < %(end)s
       AND (%(user_id)s::text IS NULL
            OR t.person_id = (SELECT p.id FROM persons p WHERE p.tenant_id = %(tenant_id)s AND p.user_id = %(user_id)s))
       AND (%(channel)s::text IS NULL OR t.channel = %(channel)s)
       AND (%(agent)s::text IS NULL OR t.agent = %(agent)s)
       -- `none`: no model answered.
       AND (%(model)s::text IS NULL OR t.model IS NOT DISTINCT FROM nullif(%(model)s, 'none'))
       AND (%(status)s::text IS NULL OR t.status = %(status)s)
       AND (%(decision)s::text IS NULL OR t.decision = %(decision)s)
       AND (%(conversation_id)s::uuid IS NULL OR t.conversation_id = %(conversation_id)s)
       AND (%(tool)s::text IS NULL
            OR EXISTS (SELECT 1 FROM tool_calls c
                        WHERE c.tenant_id = %(tenant_id)s AND c.turn_id = t.id AND c.name = %(tool)s
                          AND c.turn_id >= uuid_floor(%(start)s - interval '1 day')
                          AND c.turn_id < uuid_floor(%(end)s + interval '1 day')))
       AND (%(has_error)s::boolean IS NULL
            OR %(has_error)s = (
                t.status = 'failed'
                OR EXISTS (SELECT 1 FROM tool_calls c
                            WHERE c.tenant_id = %(tenant_id)s AND c.turn_id = t.id AND NOT c.ok
                              AND c.turn_id >= uuid_floor(%(start)s - interval '1 day')
                          AND c.turn_id < uuid_floor(%(end)s + interval '1 day'))
                OR EXISTS (SELECT 1 FROM llm_calls c
                            WHERE c.tenant_id = %(tenant_id)s AND c.turn_id = t.id AND c.state = 'failed'
                              AND c.turn_id >= uuid_floor(%(start)s - interval '1 day')
                          AND c.turn_id < uuid_floor(%(end)s + interval '1 day'))))
)

-- total --
-- A turn of somebody who was erased counts in a report, but there is nothing left to look at.
SELECT count(*) AS total FROM chosen WHERE person_id IS NOT NULL;

-- page --
-- The newest first, from the last one that was seen.
SELECT t.id, t.conversation_id, p.user_id, t.channel, t.agent, t.status, t.decision, t.model, t.llm_calls,
       t.unpriced_calls, t.input_tokens, t.output_tokens, t.cost_nano, t.cached, t.time_ms, t.error_code, t.asked_at,
       (SELECT left(string_agg(m.text, E'\n' ORDER BY m.id), %(question_characters)s) FROM messages m
         WHERE m.tenant_id = t.tenant_id AND m.turn_id = t.id AND m.author = 'user') AS question,
       ARRAY(SELECT c.name FROM tool_calls c WHERE c.tenant_id = t.tenant_id AND c.turn_id = t.id
              GROUP BY c.name ORDER BY min((c.attempt, c.seq))) AS tools,
       (SELECT count(*) FROM tool_calls c WHERE c.tenant_id = t.tenant_id AND c.turn_id = t.id AND NOT c.ok)
       + (SELECT count(*) FROM llm_calls c WHERE c.tenant_id = t.tenant_id AND c.turn_id = t.id AND c.state = 'failed')
       AS failed_calls
  FROM (SELECT id FROM chosen
         WHERE person_id IS NOT NULL
           AND (%(before)s::timestamptz IS NULL OR (asked_at, id) < (%(before)s, %(before_id)s::uuid))
         ORDER BY asked_at DESC, id DESC LIMIT %(limit)s) shown
  JOIN turns t ON t.tenant_id = %(tenant_id)s AND t.id = shown.id
  JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
 ORDER BY t.asked_at DESC, t.id DESC;
