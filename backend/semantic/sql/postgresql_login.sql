-- What the login of a client's database may do beside reading: one row each, at most a few.
-- System schemas are everybody's; what PUBLIC may do in them says nothing of the login.
SELECT 'is a superuser' FROM pg_catalog.pg_roles
 WHERE rolname = current_user AND rolsuper
UNION ALL
SELECT 'may create databases or roles' FROM pg_catalog.pg_roles
 WHERE rolname = current_user AND (rolcreatedb OR rolcreaterole)
UNION ALL
SELECT 'may create schemas in this database'
 WHERE pg_catalog.has_database_privilege(current_database(), 'CREATE')
UNION ALL
(SELECT 'may create tables in ' || nspname FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND pg_catalog.has_schema_privilege(oid, 'CREATE')
  ORDER BY nspname LIMIT 5)
UNION ALL
(SELECT 'may write to ' || n.nspname || '.' || c.relname
   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  ORDER BY n.nspname, c.relname LIMIT 5)
UNION ALL
SELECT 'may read or write files of the server, or run programs there'
 WHERE pg_catalog.pg_has_role('pg_read_server_files', 'USAGE')
    OR pg_catalog.pg_has_role('pg_write_server_files', 'USAGE')
    OR pg_catalog.pg_has_role('pg_execute_server_program', 'USAGE');
