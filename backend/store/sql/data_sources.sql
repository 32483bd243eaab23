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
-- A tenant has one default source at most.
UPDATE data_sources SET is_default = false
 WHERE tenant_id = %(tenant_id)s AND is_default AND id <> %(id)s;

-- add --
-- Where nothing is said of it, a source is the default one if there is none.
INSERT INTO data_sources (tenant_id, id, name, engine, sealed_dsn, model, is_default)
VALUES (%(tenant_id)s, %(id)s, %(name)s, %(engine)s, %(sealed_dsn)s, %(model)s,
        coalesce(%(is_default)s, NOT EXISTS (
            SELECT FROM data_sources WHERE tenant_id = %(tenant_id)s AND is_default)))
RETURNING id, name, engine, is_default, updated_at;

-- replace --
UPDATE data_sources
   SET name = %(name)s, engine = %(engine)s, sealed_dsn = %(sealed_dsn)s, model = %(model)s,
       is_default = coalesce(%(is_default)s, is_default), updated_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s
RETURNING id, name, engine, is_default, updated_at;

-- remove --
DELETE FROM data_sources WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING id;
