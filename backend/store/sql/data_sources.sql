-- all --
SELECT id, name, engine, is_default, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s ORDER BY name;

-- find --
SELECT id, name, engine, sealed_dsn, model, is_default, updated_at FROM data_sources
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s;

-- undefault --
-- A tenant has one default source at most.
UPDATE data_sources SET is_default = false
 WHERE tenant_id = %(tenant_id)s AND is_default AND id <> %(id)s;

-- add --
INSERT INTO data_sources (tenant_id, id, name, engine, sealed_dsn, model, is_default)
VALUES (%(tenant_id)s, %(id)s, %(name)s, %(engine)s, %(sealed_dsn)s, %(model)s, %(is_default)s)
RETURNING updated_at;

-- replace --
UPDATE data_sources
   SET name = %(name)s, engine = %(engine)s, sealed_dsn = %(sealed_dsn)s, model = %(model)s,
       is_default = %(is_default)s, updated_at = now()
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s
RETURNING updated_at;

-- remove --
DELETE FROM data_sources WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING id;
