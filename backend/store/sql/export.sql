-- turns_after --
-- A person's turns in the order of their conversations, from the last one that was told.
SELECT t.id, c.id AS conversation_id, t.seq
  FROM conversations c
  JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
 WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s
   AND (%(conversation_id)s::uuid IS NULL OR (c.id, t.seq) > (%(conversation_id)s::uuid, %(seq)s))
 ORDER BY c.id, t.seq LIMIT %(limit)s;

-- key --
-- The columns that tell a table's rows apart, in their order.
SELECT a.attname AS name
  FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
 WHERE i.indrelid = %(table)s::text::regclass AND i.indisprimary
 ORDER BY array_position(i.indkey::smallint[], a.attnum);

-- of_turns --
SELECT {row} AS row FROM {table} held WHERE {whose} ORDER BY {key};

-- first --
SELECT {row} AS row FROM {table} held WHERE {whose} ORDER BY {key} LIMIT %(limit)s;

-- next --
SELECT {row} AS row FROM {table} held WHERE {whose} AND ({key}) > ({after}) ORDER BY {key} LIMIT %(limit)s;

-- count --
SELECT count(*) AS rows FROM {table} held WHERE {whose};

-- row --
to_jsonb(held) - %(left_out)s::text[]

-- row_import_chunks --
-- A chunk holds lines of many people.
jsonb_set(to_jsonb(held), '{lines}',
          (SELECT jsonb_agg(line) FROM jsonb_array_elements(held.lines) line WHERE line ->> 'user_id' = %(user_id)s))

-- usage --
SELECT count(*) AS turns, coalesce(sum(t.llm_calls), 0)::bigint AS llm_calls,
       coalesce(sum(t.input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(t.cached_input_tokens), 0)::bigint AS cached_input_tokens,
       coalesce(sum(t.output_tokens), 0)::bigint AS output_tokens,
       coalesce(sum(t.cost_nano), 0)::bigint AS cost_nano
  FROM conversations c
  JOIN turns t ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id
 WHERE c.tenant_id = %(tenant_id)s AND c.person_id = %(person_id)s;
