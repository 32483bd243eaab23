-- History that callers bring: kept as it came until it is recallable, then only counted.
CREATE TABLE imports (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    -- receiving: lines still come; queued, running: they wait or are made recallable; done.
    status      text NOT NULL DEFAULT 'receiving' CHECK (status IN ('receiving', 'queued', 'running', 'done', 'failed')),
    lines       integer NOT NULL DEFAULT 0,
    accepted    integer NOT NULL DEFAULT 0,
    rejected    integer NOT NULL DEFAULT 0,
    -- Of the accepted: made recallable, and known already.
    stored      integer NOT NULL DEFAULT 0,
    repeated    integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_age ON imports (tenant_id, created_at);
CALL protect('imports');

-- Some hundred lines each, in their order; gone when they are recallable.
CREATE TABLE import_chunks (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    no        integer NOT NULL,
    lines     jsonb NOT NULL,
    PRIMARY KEY (tenant_id, import_id, no),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports ON DELETE CASCADE
);
CALL protect('import_chunks');

-- What the encoder has to come by for: without a vector, or with one of another model or rule.
CREATE INDEX memories_bare ON memories (tenant_id, person_id, no) WHERE embedding IS NULL;
CREATE INDEX memories_made_by ON memories (tenant_id, embedding_model, terms_version);
