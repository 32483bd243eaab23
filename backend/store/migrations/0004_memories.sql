-- What can be recalled: messages with the vector of their meaning. No vector index: recall is
-- exact within one person, which a btree finds; filtered HNSW misses most of them.

CREATE TABLE memories (
    tenant_id       uuid NOT NULL,
    person_id       uuid NOT NULL,
    message_id      uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id         uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('user', 'assistant')),
    text            text NOT NULL,
    at              timestamptz NOT NULL,
    embedding       halfvec(512) NOT NULL,
    -- The model that made the vector: those of another are never compared with it.
    embedding_model text NOT NULL,
    PRIMARY KEY (tenant_id, person_id, message_id)
);
CALL protect('memories');
