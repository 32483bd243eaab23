-- Durable facts about a person or an account of theirs. Nothing is overwritten: a newer fact closes the
-- one that it replaces, and the history stays.
CREATE TABLE facts (
    tenant_id            uuid NOT NULL,
    person_id            uuid NOT NULL,
    id                   uuid NOT NULL,
    -- `self`, or an account or person as it was named.
    subject              text NOT NULL,
    topic                text NOT NULL,
    text                 text NOT NULL,
    -- Subject and topic as they are compared: without case and accents.
    subject_key          text NOT NULL,
    topic_key            text NOT NULL,
    said_at              timestamptz NOT NULL,
    valid_from           timestamptz NOT NULL,
    -- Empty while it is current.
    valid_to             timestamptz,
    superseded_by        uuid,
    noted_by             text NOT NULL CHECK (noted_by IN ('rules', 'model', 'operator')),
    -- Where it was said; empty for what an operator wrote.
    source_turn_id       uuid,
    source_message_id    uuid,
    -- When and where the same was said again last.
    confirmed_at         timestamptz,
    confirmed_turn_id    uuid,
    confirmed_message_id uuid,
    -- What it is found by, and by which rules that was made (backend/memory/terms.py); 0: not yet.
    terms                bigint[] NOT NULL DEFAULT '{}',
    terms_version        smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, person_id, id),
    FOREIGN KEY (tenant_id, person_id) REFERENCES persons ON DELETE CASCADE,
    CHECK (valid_to >= valid_from)
);
-- One current fact of a subject and topic; also what a turn reads.
CREATE UNIQUE INDEX facts_current ON facts (tenant_id, person_id, subject_key, topic_key) WHERE valid_to IS NULL;
CALL protect('facts');
