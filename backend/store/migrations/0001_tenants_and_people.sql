-- Who pays and who asks. Every table with a tenant_id carries a forced row-level security
-- policy, made by protect() below; only api_keys and tasks (0002) stand outside it, because
-- they are read before a tenant is known, and hold no content.

CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
-- No default: a connection that forgot to say its tenant errors instead of seeing everything.
RETURN current_setting('app.tenant_id')::uuid;

CREATE PROCEDURE protect(relation regclass)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format(
        'CREATE POLICY tenant_wall ON %s USING (tenant_id = current_tenant()) '
        'WITH CHECK (tenant_id = current_tenant())', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO sales_app', relation);
END
$$;

CREATE TABLE tenants (
    tenant_id  uuid PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CALL protect('tenants');

CREATE TABLE api_keys (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants,
    -- SHA-256 of the whole key: 256 random bits need no slow hash.
    digest     bytea NOT NULL UNIQUE,
    scopes     text[] NOT NULL,
    label      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO sales_app;

CREATE TABLE agents (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    name        text NOT NULL,
    is_default  boolean NOT NULL DEFAULT false,
    -- Roles that may be told sales figures.
    sales_roles text[] NOT NULL DEFAULT '{seller,manager}',
    -- The folder below knowledge/ that holds its playbook.
    playbook    text CHECK (playbook ~ '^[a-z0-9-]+$'),
    PRIMARY KEY (tenant_id, name)
);
CREATE UNIQUE INDEX agents_one_default ON agents (tenant_id) WHERE is_default;
CALL protect('agents');

CREATE TABLE data_sources (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    name       text NOT NULL,
    engine     text NOT NULL,
    -- Encrypted with SECRET_KEY; never returned.
    sealed_dsn bytea NOT NULL,
    -- The semantic model, as YAML.
    model      text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
CREATE UNIQUE INDEX data_sources_one_default ON data_sources (tenant_id) WHERE is_default;
CALL protect('data_sources');

CREATE TABLE persons (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    -- The caller's own name for this person.
    user_id    text NOT NULL,
    role       text NOT NULL DEFAULT 'unknown' CHECK (role IN ('seller', 'manager', 'customer', 'unknown')),
    name       text,
    attributes jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, user_id)
);
CALL protect('persons');

CREATE TABLE identities (
    tenant_id   uuid NOT NULL,
    channel     text NOT NULL,
    external_id text NOT NULL,
    person_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, channel, external_id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons
);
CALL protect('identities');
