-- open --
INSERT INTO llm_calls (tenant_id, turn_id, id, person_id, attempt, purpose, provider, model)
VALUES (%(tenant_id)s, %(turn_id)s, %(id)s, %(person_id)s, %(attempt)s, %(purpose)s, %(provider)s, %(model)s);

-- settle --
UPDATE llm_calls
   SET state = %(state)s, model = %(model)s, time_ms = %(time_ms)s, input_tokens = %(input_tokens)s,
       cached_input_tokens = %(cached_input_tokens)s, output_tokens = %(output_tokens)s,
       cost_nano = %(cost_nano)s, priced = %(priced)s, finish_reason = %(finish_reason)s,
       error_code = %(error_code)s
 WHERE tenant_id = %(tenant_id)s AND turn_id = %(turn_id)s AND id = %(id)s;
