-- What can be recalled, by word and by meaning: messages of turns, and lines of imported history.

ALTER TABLE memories RENAME TO memories_before;
ALTER TABLE memories_before NO FORCE ROW LEVEL SECURITY;

CREATE TABLE memories (
    tenant_id       uuid NOT NULL,
    person_id       uuid NOT NULL,
    -- Counts a person's memories in the order in which they came: what was said before and after a
    -- memory of the same conversation has the numbers beside it.
    no              integer NOT NULL,
    -- The message's own id where it is one.
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id         uuid,
    -- The caller's own name of an imported line, unique per person.
    external_id     text,
    role            text NOT NULL CHECK (role IN ('user', 'assistant')),
    text            text NOT NULL,
    at              timestamptz NOT NULL,
    -- How many terms it has, and by which rules they were made (backend/memory/terms.py).
    words           integer NOT NULL,
    terms_version   smallint NOT NULL,
    -- Empty until the encoder has come by.
    embedding       halfvec(512),
    -- The model that made the vector: those of another are never compared with it.
    embedding_model text,
    PRIMARY KEY (tenant_id, person_id, no)
);
CREATE UNIQUE INDEX memories_id ON memories (tenant_id, person_id, id);
CREATE UNIQUE INDEX memories_external ON memories (tenant_id, person_id, external_id) WHERE external_id IS NOT NULL;
-- A vector is a kilobyte: beside its row it is read with it, and need not be fetched from elsewhere.
ALTER TABLE memories ALTER COLUMN embedding SET STORAGE PLAIN;

-- Where each term occurs, in blocks of a person's numbers. A term is a number made of a stem and the tenant: no word is kept here.
CREATE TABLE memory_terms (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    term      bigint NOT NULL,
    block     integer NOT NULL,
    nos       integer[] NOT NULL,
    counts    smallint[] NOT NULL,
    PRIMARY KEY (tenant_id, person_id, term, block)
);

-- How much there is of a person: gives the next number, and what BM25 needs to know of the whole.
CREATE TABLE memory_sizes (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    last_no   integer NOT NULL,
    memories  integer NOT NULL,
    words     bigint NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);

-- Rows of before have vectors but no terms yet: version 0 says so to whoever renews them.
INSERT INTO memories (tenant_id, person_id, no, id, conversation_id, turn_id, role, text, at, words, terms_version,
                      embedding, embedding_model)
SELECT tenant_id, person_id, row_number() OVER (PARTITION BY tenant_id, person_id ORDER BY at, message_id),
       message_id, conversation_id, turn_id, role, text, at, 0, 0, embedding, embedding_model
  FROM memories_before;
INSERT INTO memory_sizes (tenant_id, person_id, last_no, memories, words)
SELECT tenant_id, person_id, max(no), count(*), 0 FROM memories GROUP BY tenant_id, person_id;
DROP TABLE memories_before;

CALL protect('memories');
CALL protect('memory_terms');
CALL protect('memory_sizes');
