-- begin --
INSERT INTO errands (tenant_id, id, kind, asked, sealed)
VALUES (%(tenant_id)s, %(id)s, %(kind)s, %(asked)s, %(sealed)s);

-- forget --
-- What nobody comes back for.
DELETE FROM errands WHERE tenant_id = %(tenant_id)s AND created_at < now() - %(kept)s;

-- open --
SELECT kind, asked, sealed FROM errands
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'open';

-- answer --
UPDATE errands SET status = 'answered', answer = %(answer)s, sealed = NULL
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'open';

-- refuse --
UPDATE errands SET status = 'refused', refusal = %(refusal)s, sealed = NULL
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'open';

-- collect --
-- Told once: what was found of a client's data lies here no longer than it is waited for.
DELETE FROM errands WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status <> 'open'
RETURNING status, answer, refusal;

-- forget_abandoned --
-- What nobody came back for, of every tenant: each is behind its own wall, also here.
DO $$
DECLARE
    each uuid;
BEGIN
    -- One worker's sweep is enough.
    IF NOT pg_try_advisory_xact_lock(7305103) THEN
        RETURN;
    END IF;
    FOR each IN SELECT DISTINCT tenant_id FROM api_keys LOOP
        PERFORM set_config('app.tenant_id', each::text, true);
        DELETE FROM errands WHERE tenant_id = each AND created_at < now() - interval '10 minutes';
    END LOOP;
END
$$;

-- withdraw --
-- Nobody waits any more; the task that finds no errand has nothing to do.
DELETE FROM errands WHERE tenant_id = %(tenant_id)s AND id = %(id)s;
