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

-- ended --
SELECT status, answer, refusal FROM errands
 WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status <> 'open';

-- withdraw --
-- Nobody waits any more; the task that finds no errand has nothing to do.
DELETE FROM errands WHERE tenant_id = %(tenant_id)s AND id = %(id)s;
