-- Messages are the conversation; a turn is one unit of work over one or more of them; a task
-- is the right to do deferred work.

CREATE TABLE conversations (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    person_id    uuid NOT NULL,
    channel      text NOT NULL,
    agent        text NOT NULL,
    -- The caller's own name for it, unique per person.
    external_id  text,
    -- Turns of a conversation are numbered; the number is taken under the row's lock.
    last_seq     integer NOT NULL DEFAULT 0,
    last_turn_at timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons
);
CREATE UNIQUE INDEX conversations_external ON conversations (tenant_id, person_id, external_id)
    WHERE external_id IS NOT NULL;
CREATE INDEX conversations_current ON conversations (tenant_id, person_id, channel, last_turn_at DESC);
CALL protect('conversations');

CREATE TABLE turns (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    seq             integer NOT NULL,
    origin          text NOT NULL DEFAULT 'user' CHECK (origin IN ('user', 'schedule', 'human')),
    channel         text NOT NULL,
    agent           text NOT NULL,
    data_source     text,
    metadata        jsonb NOT NULL DEFAULT '{}',
    -- Whether somebody watches the text as it is written; else the model is asked plainly.
    streamed        boolean NOT NULL DEFAULT false,
    status          text NOT NULL DEFAULT 'queued'
                    CHECK (status IN ('queued', 'running', 'answered', 'failed', 'cancelled')),
    asked_at        timestamptz NOT NULL DEFAULT now(),
    ready_at        timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    attempt         integer NOT NULL DEFAULT 0,
    trace_id        text NOT NULL,
    -- The public body of an answered turn, exactly as callers get it.
    answer          jsonb,
    -- The metric query behind the answer, for follow-ups.
    query           jsonb,
    model           text,
    cached          boolean NOT NULL DEFAULT false,
    time_ms         integer,
    error_code      text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, conversation_id, seq),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations
);
CREATE INDEX turns_asked ON turns (tenant_id, asked_at);
CALL protect('turns');

CREATE TABLE messages (
    tenant_id          uuid NOT NULL,
    id                 uuid NOT NULL,
    conversation_id    uuid NOT NULL,
    turn_id            uuid NOT NULL,
    author             text NOT NULL CHECK (author IN ('user', 'agent', 'human', 'system')),
    text               text NOT NULL,
    parts              jsonb,
    -- The channel's own id of the message, where it has one.
    channel_message_id text,
    at                 timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations,
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns
);
CREATE INDEX messages_conversation ON messages (tenant_id, conversation_id, id);
CREATE INDEX messages_turn ON messages (tenant_id, turn_id);
CALL protect('messages');

CREATE TABLE idempotency_keys (
    tenant_id  uuid NOT NULL,
    key        text NOT NULL,
    -- SHA-256 of the request, so that the same key with another body is told apart.
    digest     bytea NOT NULL,
    turn_id    uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (tenant_id, created_at);
CALL protect('idempotency_keys');

CREATE TABLE tasks (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('answer', 'remember')),
    -- One piece of work has one key, whoever asks for it and however often.
    key             text NOT NULL UNIQUE,
    lane            text NOT NULL CHECK (lane IN ('interactive', 'bulk')),
    tenant_id       uuid NOT NULL,
    conversation_id uuid,
    turn_id         uuid NOT NULL,
    -- The turn's number in its conversation: taken under a lock, so unlike ids it cannot be out of order.
    seq             integer NOT NULL,
    -- waiting: an earlier turn of its conversation is still open.
    state           text NOT NULL CHECK (state IN ('waiting', 'ready', 'running', 'failed')),
    run_at          timestamptz NOT NULL DEFAULT now(),
    -- The fence: counts claims; only the latest claimant may write.
    attempt         integer NOT NULL DEFAULT 0,
    -- Claims that ended badly; three are the end. A claim that is given back is not one.
    failures        integer NOT NULL DEFAULT 0,
    lease_until     timestamptz,
    -- The last time Redis was told, and how often: a long backlog is not rung for endlessly.
    rung_at         timestamptz,
    rings           integer NOT NULL DEFAULT 0,
    error_code      text,
    created_at      timestamptz NOT NULL DEFAULT now()
);
-- One entry per claimable task: the claim walks from tenant to tenant along it.
CREATE INDEX tasks_ready ON tasks (lane, tenant_id, run_at, id) WHERE state = 'ready';
CREATE INDEX tasks_running ON tasks (lane, tenant_id) WHERE state = 'running';
CREATE INDEX tasks_leases ON tasks (lease_until) WHERE state = 'running';
CREATE INDEX tasks_waiting ON tasks (conversation_id, seq) WHERE state = 'waiting';
CREATE INDEX tasks_open ON tasks (conversation_id) WHERE state <> 'failed';
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO sales_app;
