-- all --
SELECT id, name, engine, is_default, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s ORDER BY name;

-- find --
SELECT id, name, engine, sealed_dsn, model, is_default, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- lock --
-- Two who change a tenant's sources at once would both look for its default.
SELECT FROM tenants WHERE tenant_id = %(tenant_id)s FOR UPDATE;

-- undefault --
-- A tenant has one default source.
UPDATE data_sources SET is_default = false
 WHERE tenant_id = %(tenant_id)s AND is_default AND id <> %(id)s;

-- elect --
-- Where no source is the default, the oldest becomes it: another than the one at hand, if there is one.
UPDATE data_sources SET is_default = true
 WHERE tenant_id = %(tenant_id)s
   AND id = (SELECT id FROM data_sources WHERE tenant_id = %(tenant_id)s ORDER BY id = %(id)s, id LIMIT 1)
   AND NOT EXISTS (SELECT FROM data_sources WHERE tenant_id = %(tenant_id)s AND is_default);

-- add --
INSERT INTO data_sources (tenant_id, id, name, engine, sealed_dsn, model, is_default)
VALUES (%(tenant_id)s, %(id)s, %(name)s, %(engine)s, %(sealed_dsn)s, %(model)s,
        coalesce(%(is_default)s, false))
RETURNING id;

-- replace --
UPDATE data_sources
   SET name = %(name)s, engine = %(engine)s, sealed_dsn = %(sealed_dsn)s, model = %(model)s,
       is_default = coalesce(%(is_default)s, is_default), updated_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s
RETURNING id;

-- remove --
DELETE FROM data_sources WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING id;
