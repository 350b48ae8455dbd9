-- Files being imported, and every row of them until it is on record.

CREATE TABLE import_run (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('read', 'checking', 'checked', 'running', 'done')),
  header TEXT NOT NULL,
  mapping TEXT NOT NULL,
  rows_total {int} NOT NULL,
  -- The last row the check or the import has dealt with; a stop goes on behind it.
  row_done {int} NOT NULL,
  by_caller TEXT NOT NULL,
  created_at {int} NOT NULL,
  ended_at {int},
  version {int} NOT NULL
){strict};
CREATE INDEX import_recent ON import_run (tenant_id, created_at, id);

CREATE TABLE import_row (
  run_id {id} NOT NULL REFERENCES import_run (id),
  row_no {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'good', 'bad', 'known', 'made')),
  cells TEXT NOT NULL,
  errors TEXT NOT NULL,
  -- What must not stand twice in one file: the natural key, and a second one where there is one.
  key_one TEXT,
  key_two TEXT,
  PRIMARY KEY (run_id, row_no)
){strict};
CREATE INDEX import_row_state ON import_row (run_id, state, row_no);
CREATE INDEX import_row_one ON import_row (run_id, key_one, row_no) WHERE key_one IS NOT NULL;
CREATE INDEX import_row_two ON import_row (run_id, key_two, row_no) WHERE key_two IS NOT NULL;

-- The visits of a ticket, finished ones too: a terminal's page asks for them.
CREATE INDEX work_order_of_ticket ON work_order (ticket_id, closed_at);
