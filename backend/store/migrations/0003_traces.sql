-- What happened while a turn was answered. Partitioned by month of the turn's UUIDv7, so that
-- retention drops a table instead of deleting rows, and one turn's trace lies in one partition.

CREATE FUNCTION uuid_floor(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
-- The smallest UUIDv7 of that millisecond: 48 bits of time, then zeros.
RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE TABLE steps (
    tenant_id  uuid NOT NULL,
    turn_id    uuid NOT NULL,
    attempt    integer NOT NULL,
    seq        integer NOT NULL,
    kind       text NOT NULL,
    name       text NOT NULL,
    started_ms integer NOT NULL,
    time_ms    integer NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (turn_id, attempt, seq)
) PARTITION BY RANGE (turn_id);
CALL protect('steps');

CREATE TABLE tool_calls (
    tenant_id  uuid NOT NULL,
    turn_id    uuid NOT NULL,
    attempt    integer NOT NULL,
    seq        integer NOT NULL,
    name       text NOT NULL,
    arguments  jsonb NOT NULL,
    ok         boolean NOT NULL,
    rows       integer,
    sql        text,
    error_code text,
    -- What the model read, for replay.
    content    text NOT NULL,
    time_ms    integer NOT NULL,
    PRIMARY KEY (turn_id, attempt, seq)
) PARTITION BY RANGE (turn_id);
CALL protect('tool_calls');

-- A row is inserted before the call and settled after it: a paid call is never lost with a crash.
CREATE TABLE llm_calls (
    tenant_id           uuid NOT NULL,
    turn_id             uuid NOT NULL,
    id                  uuid NOT NULL,
    person_id           uuid NOT NULL,
    attempt             integer NOT NULL,
    purpose             text NOT NULL,
    provider            text NOT NULL,
    model               text NOT NULL,
    state               text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'ok', 'failed')),
    started_at          timestamptz NOT NULL DEFAULT now(),
    time_ms             integer,
    input_tokens        integer NOT NULL DEFAULT 0,
    cached_input_tokens integer NOT NULL DEFAULT 0,
    output_tokens       integer NOT NULL DEFAULT 0,
    cost_nano           bigint NOT NULL DEFAULT 0,
    -- False while open: an unpriced call is never counted as free.
    priced              boolean NOT NULL DEFAULT false,
    finish_reason       text,
    error_code          text,
    PRIMARY KEY (turn_id, id)
) PARTITION BY RANGE (turn_id);
CALL protect('llm_calls');

-- Usage is a view over the calls, never a second count.
CREATE VIEW turn_usage WITH (security_invoker) AS
SELECT tenant_id, turn_id,
       count(*)::integer AS llm_calls,
       sum(input_tokens)::integer AS input_tokens,
       sum(cached_input_tokens)::integer AS cached_input_tokens,
       sum(output_tokens)::integer AS output_tokens,
       sum(cost_nano)::bigint AS cost_nano,
       bool_and(priced) AS priced
  FROM llm_calls
 GROUP BY tenant_id, turn_id;
GRANT SELECT ON turn_usage TO sales_app;

-- Partitions carry no grants of their own: they are reached through their parent only, and so
-- always through its policy. Workers call this at their start and each day; it runs with the
-- owner's rights. Rows that had to go to `_other`, because nobody had made their month yet, move.
CREATE PROCEDURE prepare_trace_partition(parent text, month timestamptz)
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    name  text := parent || '_' || to_char(month, 'YYYY_MM');
    first uuid := uuid_floor(month);
    next  uuid := uuid_floor(month + interval '1 month');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
    IF to_regclass(parent || '_other') IS NOT NULL THEN
        EXECUTE format(
            'WITH moved AS (DELETE FROM %I WHERE turn_id >= %L AND turn_id < %L RETURNING *) '
            'INSERT INTO %I SELECT * FROM moved', parent || '_other', first, next, name);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, first, next);
END
$$;

CREATE PROCEDURE prepare_trace_partitions(months_ahead integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['steps', 'tool_calls', 'llm_calls'] LOOP
        FOR ahead IN -1 .. months_ahead LOOP
            CALL prepare_trace_partition(parent, date_trunc('month', now()) + make_interval(months => ahead));
        END LOOP;
        -- A turn from a clock that is far off still finds a place.
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I DEFAULT', parent || '_other', parent);
    END LOOP;
END
$$;
REVOKE EXECUTE ON PROCEDURE prepare_trace_partition FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE prepare_trace_partitions TO sales_app;
CALL prepare_trace_partitions(3);
