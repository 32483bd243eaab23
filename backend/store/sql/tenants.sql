-- caller --
-- Who holds this key? The digest is the only thing compared.
SELECT tenant_id, scopes FROM api_keys WHERE digest = %(digest)s AND revoked_at IS NULL;

-- with_keys --
SELECT DISTINCT tenant_id FROM api_keys WHERE revoked_at IS NULL;

-- add_tenant --
INSERT INTO tenants (tenant_id, name) VALUES (%(tenant_id)s, %(name)s)
ON CONFLICT (tenant_id) DO UPDATE SET name = excluded.name;

-- add_api_key --
INSERT INTO api_keys (id, tenant_id, digest, scopes, label)
VALUES (%(id)s, %(tenant_id)s, %(digest)s, %(scopes)s, %(label)s)
ON CONFLICT (digest) DO UPDATE SET scopes = excluded.scopes, label = excluded.label, revoked_at = NULL;

-- add_agent --
INSERT INTO agents (tenant_id, name, is_default, sales_roles, playbook, fast_path)
VALUES (%(tenant_id)s, %(name)s, %(is_default)s, %(sales_roles)s, %(playbook)s, %(fast_path)s)
ON CONFLICT (tenant_id, name) DO UPDATE
   SET is_default = excluded.is_default, sales_roles = excluded.sales_roles, playbook = excluded.playbook,
       fast_path = excluded.fast_path;

-- agent --
-- The named agent, or the default one.
SELECT name, sales_roles, playbook, fast_path FROM agents
 WHERE tenant_id = %(tenant_id)s
   AND CASE WHEN %(name)s::text IS NULL THEN is_default ELSE name = %(name)s END;

-- add_data_source --
-- Which one is the default may have been decided otherwise meanwhile.
INSERT INTO data_sources (tenant_id, id, name, engine, sealed_dsn, model, is_default)
VALUES (%(tenant_id)s, %(id)s, %(name)s, %(engine)s, %(sealed_dsn)s, %(model)s,
        %(is_default)s AND NOT EXISTS (
            SELECT FROM data_sources WHERE tenant_id = %(tenant_id)s AND is_default))
ON CONFLICT (tenant_id, name) DO UPDATE
   SET engine = excluded.engine, sealed_dsn = excluded.sealed_dsn, model = excluded.model,
       updated_at = now();

-- data_source_stamp --
-- By our id, by its name, or the default one: enough to know whether what is open is still it.
SELECT id, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s
   AND CASE WHEN %(reference)s::text IS NULL THEN is_default
            ELSE name = %(reference)s OR id::text = %(reference)s END;

-- data_source --
-- By our id, by its name, or the default one.
SELECT id, name, engine, sealed_dsn, model, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s
   AND CASE WHEN %(reference)s::text IS NULL THEN is_default
            ELSE name = %(reference)s OR id::text = %(reference)s END;
