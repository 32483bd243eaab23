-- unremembered --
-- The messages of an answered turn, to be embedded.
SELECT m.id, m.author, m.text, m.at, t.person_id, t.conversation_id, t.id AS turn_id
  FROM messages m JOIN turns t ON t.tenant_id = m.tenant_id AND t.id = m.turn_id
 WHERE m.tenant_id = %(tenant_id)s AND m.turn_id = %(turn_id)s AND m.author IN ('user', 'agent')
   AND t.status = 'answered'
 ORDER BY m.id;

-- remember --
INSERT INTO memories (tenant_id, person_id, message_id, conversation_id, turn_id, role, text, at,
                      embedding, embedding_model)
SELECT %(tenant_id)s, person_id, message_id, conversation_id, turn_id, role, text, at,
       embedding::halfvec, %(embedding_model)s
  FROM jsonb_to_recordset(%(messages)s)
    AS said (person_id uuid, message_id uuid, conversation_id uuid, turn_id uuid, role text, text text,
             at timestamptz, embedding text)
ON CONFLICT DO NOTHING;

-- recall --
-- Exact search within one person; `score` is the cosine.
SELECT message_id, turn_id, conversation_id, role, text, at,
       1 - (embedding <=> %(embedding)s::halfvec) AS score
  FROM memories
 WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
   AND embedding_model = %(embedding_model)s AND NOT (message_id = ANY(%(except_messages)s))
 ORDER BY embedding <=> %(embedding)s::halfvec LIMIT %(limit)s;
