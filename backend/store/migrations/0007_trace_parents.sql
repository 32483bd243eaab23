-- The span that a turn's question came through, as W3C's `traceparent` has it: what the worker's
-- span is a child of. Empty where the door was not traced.
ALTER TABLE turns ADD COLUMN traceparent text;
