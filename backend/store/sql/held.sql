-- tasks --
-- What is held about a person: one block a table, and the rows that are theirs. Erasure and export
-- both read this page, in this order; a table that hangs on a person and is not here fails a test
-- (tests/integration/test_erasure_stores.py). Rows of turns are told by `turn_ids`, some at a time.
tenant_id = %(tenant_id)s
AND (subject_id = %(person_id)s
     OR subject_id IN (SELECT t.id FROM conversations c
                         JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
                        WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s))

-- import_chunks --
tenant_id = %(tenant_id)s
AND lines @> jsonb_build_array(jsonb_build_object('user_id', %(user_id)s::text))

-- errands --
tenant_id = %(tenant_id)s
AND (asked ->> 'user_id' = %(user_id)s
     OR asked ->> 'conversation_id' IN (SELECT unnest(ARRAY[c.id::text, c.external_id]) FROM conversations c
                                         WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s))

-- messages --
tenant_id = %(tenant_id)s AND turn_id = ANY(%(turn_ids)s)

-- steps --
tenant_id = %(tenant_id)s AND turn_id = ANY(%(turn_ids)s)

-- tool_calls --
tenant_id = %(tenant_id)s AND turn_id = ANY(%(turn_ids)s)

-- llm_calls --
tenant_id = %(tenant_id)s AND turn_id = ANY(%(turn_ids)s)

-- idempotency_keys --
tenant_id = %(tenant_id)s AND turn_id = ANY(%(turn_ids)s)

-- turns --
-- Not deleted: made nameless, so that their sums still count.
tenant_id = %(tenant_id)s AND id = ANY(%(turn_ids)s)

-- memories --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- memory_terms --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- memory_sizes --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- facts --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- conversations --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- identities --
tenant_id = %(tenant_id)s AND person_id = %(person_id)s

-- persons --
tenant_id = %(tenant_id)s AND id = %(person_id)s
