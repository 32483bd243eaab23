-- by_reference --
-- A conversation of this person, by our id or by the caller's own name for it.
SELECT id FROM conversations
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
   AND (external_id = %(reference)s OR id::text = %(reference)s)
 LIMIT 1;

-- current --
-- The person's conversation on this channel, unless it has been silent for too long.
SELECT id FROM conversations
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s AND channel = %(channel)s
   AND agent = %(agent)s AND external_id IS NULL AND last_turn_at > now() - %(silence)s
 ORDER BY last_turn_at DESC LIMIT 1;

-- start --
INSERT INTO conversations (tenant_id, id, person_id, channel, agent, external_id)
VALUES (%(tenant_id)s, %(id)s, %(person_id)s, %(channel)s, %(agent)s, %(external_id)s)
ON CONFLICT (tenant_id, person_id, external_id) WHERE external_id IS NOT NULL
DO UPDATE SET external_id = excluded.external_id
RETURNING id;

-- next_seq --
-- Takes the next turn's number; the row stays locked until the turn is stored, so number n+1
-- is never seen before number n.
UPDATE conversations SET last_seq = last_seq + 1, last_turn_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(conversation_id)s
RETURNING last_seq;

-- lock --
SELECT 1 FROM conversations
 WHERE tenant_id = %(tenant_id)s AND id = %(conversation_id)s FOR UPDATE;

-- chosen --
-- The conversations that a list shows; `page` and `total` read it. A condition without a value is
-- folded away when the statement is planned.
WITH chosen AS (
    SELECT c.tenant_id, c.id, c.last_turn_at
      FROM conversations c
     WHERE c.tenant_id = %(tenant_id)s
       AND (%(user_id)s::text IS NULL
            OR c.person_id = (SELECT p.id FROM persons p WHERE p.tenant_id = %(tenant_id)s AND p.user_id = %(user_id)s))
       AND (%(channel)s::text IS NULL OR c.channel = %(channel)s)
       AND (%(agent)s::text IS NULL OR c.agent = %(agent)s)
       AND (%(start)s::timestamptz IS NULL OR c.last_turn_at >= %(start)s)
       AND (%(end)s::timestamptz IS NULL OR c.last_turn_at < %(end)s)
)

-- total --
SELECT count(*) AS total FROM chosen;

-- page --
SELECT c.id, p.user_id, c.channel, c.agent, c.external_id, c.created_at, c.last_turn_at, c.last_seq AS turns
  FROM (SELECT id FROM chosen
         WHERE %(before)s::timestamptz IS NULL OR (last_turn_at, id) < (%(before)s, %(before_id)s::uuid)
         ORDER BY last_turn_at DESC, id DESC LIMIT %(limit)s) shown
  JOIN conversations c ON c.tenant_id = %(tenant_id)s AND c.id = shown.id
  JOIN persons p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
 ORDER BY c.last_turn_at DESC, c.id DESC;

-- one --
SELECT c.id, p.user_id, c.channel, c.agent, c.external_id, c.created_at, c.last_turn_at, c.last_seq AS turns
  FROM conversations c JOIN persons p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
 WHERE c.tenant_id = %(tenant_id)s AND c.id = %(conversation_id)s;

-- turns --
-- The turns of a conversation in their order, each with its messages.
SELECT t.id, t.seq, t.status, t.asked_at, t.finished_at, t.model, t.error_code, t.time_ms,
       (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'author', m.author, 'text', m.text, 'at', m.at)
                         ORDER BY m.id)
          FROM messages m WHERE m.tenant_id = t.tenant_id AND m.turn_id = t.id) AS messages
  FROM turns t
 WHERE t.tenant_id = %(tenant_id)s AND t.conversation_id = %(conversation_id)s AND t.seq > %(after)s
 ORDER BY t.seq LIMIT %(limit)s;

-- last_query --
-- Several persons may call a conversation the same; the one spoken in last is meant.
SELECT (SELECT t.query FROM turns t
         WHERE t.tenant_id = c.tenant_id AND t.conversation_id = c.id AND t.status = 'answered'
           AND t.query IS NOT NULL
         ORDER BY t.seq DESC LIMIT 1) AS query
  FROM conversations c
 WHERE c.tenant_id = %(tenant_id)s AND (c.external_id = %(reference)s OR c.id::text = %(reference)s)
 ORDER BY c.last_turn_at DESC LIMIT 1;
