-- A tenant's documents: uploaded as bytes, read by a worker, found by word and by meaning.

CREATE TABLE documents (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    title       text NOT NULL,
    -- Where it comes from, in the tenant's words: with the title, what makes a new text a new version.
    source      text NOT NULL DEFAULT '',
    -- SHA-256 of the bytes: the same content again is the same document.
    fingerprint bytea NOT NULL,
    -- As uploaded; gone when it was read or refused.
    content     bytea,
    bytes       integer NOT NULL,
    -- What its content shows it to be, whatever its name said.
    format      text,
    -- reading: its passages are there, their vectors are being made; not found until it is ready.
    status      text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'reading', 'ready', 'failed')),
    error_code  text,
    -- Of a format that has pages.
    pages       integer,
    passages    integer NOT NULL DEFAULT 0,
    -- The last time: of two versions, the later upload is the one that stays.
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    ready_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, title, source, fingerprint)
);
-- Most of it is compressed already.
ALTER TABLE documents ALTER COLUMN content SET STORAGE EXTERNAL;
-- Whether there is any at all, which each turn asks.
CREATE INDEX documents_ready ON documents (tenant_id) WHERE status = 'ready';
CALL protect('documents');

CREATE TABLE passages (
    tenant_id       uuid NOT NULL,
    document_id     uuid NOT NULL,
    -- Counts a document's passages in their order.
    no              integer NOT NULL,
    -- The heading or sheet that it stands under; empty where the document has none.
    section         text NOT NULL,
    page            integer,
    language        text NOT NULL,
    text            text NOT NULL,
    -- How many terms it has, and by which rules they were made (backend/memory/terms.py).
    words           integer NOT NULL,
    terms_version   smallint NOT NULL,
    -- Empty where the encoder was away.
    embedding       halfvec(512),
    -- The model that made the vector: those of another are never compared with it.
    embedding_model text,
    PRIMARY KEY (tenant_id, document_id, no),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
-- A vector is a kilobyte: beside its row it is read with it, and need not be fetched from elsewhere.
ALTER TABLE passages ALTER COLUMN embedding SET STORAGE PLAIN;
CALL protect('passages');

-- Where each term occurs, one row for each document that has it. A term is a number made of a stem and the tenant.
CREATE TABLE passage_terms (
    tenant_id   uuid NOT NULL,
    term        bigint NOT NULL,
    document_id uuid NOT NULL,
    nos         integer[] NOT NULL,
    counts      smallint[] NOT NULL,
    PRIMARY KEY (tenant_id, term, document_id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX passage_terms_document ON passage_terms (tenant_id, document_id);
CALL protect('passage_terms');
