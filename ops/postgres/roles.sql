-- What a Postgres cluster needs once, by a superuser, before anything of ours can use it:
-- logins, databases and the extension. Run it with psql; running it again changes nothing.
--
--   psql -X -v ON_ERROR_STOP=1 -d postgres -f ops/postgres/roles.sql
--
-- Logins have no password here: whoever runs this sets them (the local stack does, with random
-- ones). Tables, policies and their grants belong to the migrations and to the demo company.

\set QUIET on
SET client_min_messages = warning;

-- sales_owner owns the application's database and its tables, and runs the migrations.
-- sales_app is the application. Row-level security binds it: it owns nothing and bypasses nothing.
-- demo_owner and demo_reader are the same pair for the demo company, which plays a client's own
-- database: the assistant reaches it as demo_reader only.
-- sales_reader is for dashboards: it reads what each turn of every tenant cost (migration 0006),
-- nothing that anybody said. Without a password, as the local stack leaves it, nobody can use it.
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['sales_owner', 'sales_app', 'sales_reader', 'demo_owner', 'demo_reader']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE sales_owner WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE sales_app   WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
-- Few connections: a dashboard that many look at must not take the application's.
ALTER ROLE sales_reader WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 10;
ALTER ROLE demo_owner  WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE demo_reader WITH LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;

-- A reader that forgets itself is stopped twice: it may not write, and it may not take long.
ALTER ROLE demo_reader SET default_transaction_read_only = on;
ALTER ROLE demo_reader SET statement_timeout = '5s';
ALTER ROLE sales_reader SET default_transaction_read_only = on;
ALTER ROLE sales_reader SET statement_timeout = '15s';

SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
  FROM (VALUES ('sales_crew', 'sales_owner'), ('demo_company', 'demo_owner')) AS wanted (name, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec

-- By default every login of the cluster may connect to every database.
REVOKE CONNECT, TEMPORARY ON DATABASE sales_crew   FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE demo_company FROM PUBLIC;
GRANT CONNECT ON DATABASE sales_crew   TO sales_app, sales_reader;
GRANT CONNECT ON DATABASE demo_company TO demo_reader;

\connect sales_crew
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS vector;
