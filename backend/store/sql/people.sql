-- lock_person --
-- The row's lock puts two first messages of one person one after the other.
SELECT id, user_id, role, name, attributes FROM persons
 WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s FOR UPDATE;

-- add_person --
INSERT INTO persons (tenant_id, id, user_id) VALUES (%(tenant_id)s, %(id)s, %(user_id)s)
ON CONFLICT (tenant_id, user_id) DO UPDATE SET user_id = excluded.user_id
RETURNING id, user_id, role, name, attributes;

-- add_identity --
INSERT INTO identities (tenant_id, channel, external_id, person_id)
VALUES (%(tenant_id)s, %(channel)s, %(external_id)s, %(person_id)s)
ON CONFLICT DO NOTHING;

-- person --
SELECT id, user_id, role, name, attributes FROM persons
 WHERE tenant_id = %(tenant_id)s AND user_id = %(user_id)s;

-- describe_person --
INSERT INTO persons (tenant_id, id, user_id, role, name, attributes)
VALUES (%(tenant_id)s, %(id)s, %(user_id)s, %(role)s, %(name)s, %(attributes)s)
ON CONFLICT (tenant_id, user_id) DO UPDATE
   SET role = excluded.role, name = excluded.name, attributes = excluded.attributes
RETURNING id, user_id, role, name, attributes;
