-- Work that is about other things than turns.

-- What a task is about: a turn, an errand, an import, a person.
ALTER TABLE tasks RENAME COLUMN turn_id TO subject_id;
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
-- Which kinds there are is the code's to know (backend/store/tasks.py).
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind ~ '^[a-z]+(_[a-z]+)*$');

-- A question of the door to a worker: what only a worker can look up, such as a client's database.
CREATE TABLE errands (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    kind        text NOT NULL,
    asked       jsonb NOT NULL,
    -- A secret that came with it, encrypted with SECRET_KEY; gone with the end.
    sealed      bytea,
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'answered', 'refused')),
    -- As it was written: rows are read in the order of their columns.
    answer      json,
    -- Why it was refused: a public code, a sentence, and each thing that is wrong.
    refusal     jsonb,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
-- They are forgotten some minutes after they were asked.
CREATE INDEX errands_age ON errands (tenant_id, created_at);
CALL protect('errands');
