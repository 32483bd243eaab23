-- Persons who are erased: nothing that tells of them stays, and what their answers cost still counts.

-- A turn of somebody who was erased belongs to nobody and to no conversation: it stays for the sums
-- of /usage alone, without a word, under another id, its moment told to the quarter of an hour.
ALTER TABLE turns ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE turns ALTER COLUMN conversation_id DROP NOT NULL;
ALTER TABLE turns ADD CONSTRAINT turns_whose CHECK (num_nulls(person_id, conversation_id) IN (0, 2)) NOT VALID;
-- A model call that was under way at the moment of the erasure is added to one of these.
CREATE INDEX turns_nameless ON turns (tenant_id, asked_at) WHERE person_id IS NULL;

CREATE OR REPLACE VIEW turn_ledger WITH (security_invoker) AS
SELECT t.tenant_id, n.name AS tenant, coalesce(p.user_id, '(erased)') AS user_id, t.asked_at, t.channel, t.agent,
       t.model, t.status, t.decision, t.cached, t.time_ms, t.llm_calls, t.unpriced_calls, t.input_tokens,
       t.cached_input_tokens, t.output_tokens, t.cost_nano / 1e9 AS cost_usd
  FROM turns t
  JOIN tenants n ON n.tenant_id = t.tenant_id
  LEFT JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id;

-- What a person's rows are found by, where nothing found them.
CREATE INDEX identities_person ON identities (tenant_id, person_id);
CREATE INDEX idempotency_keys_turn ON idempotency_keys (tenant_id, turn_id);

-- The receipt of an erasure. While it is under way it knows whom it erases; then only a keyed digest
-- of their name, by which a caller who knows the name finds it again.
CREATE TABLE erasures (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    person_id    uuid,
    user_id      text,
    digest       bytea NOT NULL,
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'failed')),
    -- Of each store, how much was taken out of it.
    stores       jsonb NOT NULL DEFAULT '{}',
    requested_at timestamptz NOT NULL DEFAULT now(),
    erased_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK (status <> 'done' OR num_nulls(person_id, user_id) = 2)
);
CREATE UNIQUE INDEX erasures_open ON erasures (tenant_id, person_id) WHERE status = 'open';
CALL protect('erasures');
