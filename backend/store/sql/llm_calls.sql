-- open --
-- No row: the turn was erased. The lock makes an erasure wait until the row is there to be erased.
INSERT INTO llm_calls (tenant_id, turn_id, id, person_id, attempt, purpose, provider, model)
SELECT t.tenant_id, t.id, %(id)s, t.person_id, %(attempt)s, %(purpose)s, %(provider)s, %(model)s
  FROM turns t WHERE t.tenant_id = %(tenant_id)s AND t.id = %(turn_id)s FOR KEY SHARE
RETURNING id;

-- settle --
-- Of a turn that was erased meanwhile the row is gone, and the call was paid for all the same: it is
-- added to a turn of nobody's, first to one that waits for a call to be settled.
WITH settled AS (
    UPDATE llm_calls
       SET state = %(state)s, model = %(model)s, time_ms = %(time_ms)s, input_tokens = %(input_tokens)s,
           cached_input_tokens = %(cached_input_tokens)s, output_tokens = %(output_tokens)s,
           cost_nano = %(cost_nano)s, priced = %(priced)s, finish_reason = %(finish_reason)s,
           error_code = %(error_code)s
     WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s AND id = %(id)s
    RETURNING id
)
UPDATE turns t
   SET unpriced_calls = t.unpriced_calls - (%(priced)s AND t.unpriced_calls > 0)::integer,
       input_tokens = t.input_tokens + %(input_tokens)s,
       cached_input_tokens = t.cached_input_tokens + %(cached_input_tokens)s,
       output_tokens = t.output_tokens + %(output_tokens)s, cost_nano = t.cost_nano + %(cost_nano)s
 WHERE NOT EXISTS (SELECT 1 FROM settled) AND t.tenant_id = %(tenant_id)s
   AND t.id = (SELECT n.id FROM turns n
                WHERE n.tenant_id = %(tenant_id)s AND n.person_id IS NULL
                ORDER BY n.unpriced_calls > 0 DESC, n.asked_at DESC LIMIT 1);
