-- The passwords of the logins that ops/postgres/roles.sql makes, from this container's environment.
-- Run by the one-shot service `roles` at every start, so a changed password is a changed variable.

\set QUIET on
-- No log of the server may hold a statement of this session.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

\getenv sales_owner SALES_OWNER_PASSWORD
\getenv sales_app SALES_APP_PASSWORD
\getenv sales_reader SALES_READER_PASSWORD
\getenv demo_owner DEMO_OWNER_PASSWORD
\getenv demo_reader DEMO_READER_PASSWORD

-- An empty one leaves that login without a password: nobody can use it.
ALTER ROLE sales_owner PASSWORD :'sales_owner';
ALTER ROLE sales_app PASSWORD :'sales_app';
ALTER ROLE sales_reader PASSWORD :'sales_reader';
ALTER ROLE demo_owner PASSWORD :'demo_owner';
ALTER ROLE demo_reader PASSWORD :'demo_reader';
