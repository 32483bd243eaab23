-- agents --
-- What a chat client may choose from, the default first. An agent is not older than its tenant.
SELECT a.name, t.created_at
  FROM agents a JOIN tenants t ON t.tenant_id = a.tenant_id
 WHERE a.tenant_id = %(tenant_id)s
 ORDER BY a.is_default DESC, a.name;

-- last_asked --
-- The newest turn of a person's conversation, if it asks this and is young enough to be what a
-- client that heard no answer now sends again.
SELECT t.id
  FROM persons p
  JOIN conversations c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
   AND (c.external_id = %(conversation)s OR c.id::text = %(conversation)s)
  JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id AND t.seq = c.last_seq
  JOIN messages m ON m.tenant_id = t.tenant_id AND m.turn_id = t.id AND m.author = 'user'
 WHERE p.tenant_id = %(tenant_id)s AND p.user_id = %(user_id)s
   AND t.asked_at > now() - %(young)s AND m.text = %(text)s
 LIMIT 1;
