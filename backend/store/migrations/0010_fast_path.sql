-- An agent may have its model speak every answer, also where a certain question needs none.
ALTER TABLE agents ADD COLUMN fast_path boolean NOT NULL DEFAULT true;
