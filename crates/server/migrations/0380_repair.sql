-- The last repair of a terminal is found without a walk through all its cases: an order names the terminal it goes to.
ALTER TABLE work_order ADD COLUMN terminal_id {id} REFERENCES terminal(id);
