-- Pieces that have a serial: each stands in one place. In the warehouse, in an engineer's bag, put in for an order, or out of the books.
CREATE TABLE part_piece (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  part_id {id} NOT NULL REFERENCES part (id),
  serial_no TEXT NOT NULL,
  stands TEXT NOT NULL CHECK (stands IN ('store', 'bag', 'used', 'out')),
  engineer_id {id} REFERENCES engineer (id),
  work_order_id {id} REFERENCES work_order (id),
  since {int} NOT NULL,
  UNIQUE (tenant_id, serial_no),
  CHECK ((stands = 'bag') = (engineer_id IS NOT NULL))
){strict};
CREATE INDEX part_piece_place ON part_piece (tenant_id, part_id, engineer_id, serial_no);
-- Which piece a movement was about; both ends of a movement.
ALTER TABLE stock_line ADD COLUMN serial_no TEXT;
CREATE INDEX stock_line_move ON stock_line (tenant_id, move_id);
-- Pieces somebody waits for: the warehouse had none free for a visit, or an engineer who is there asks for one.
CREATE TABLE part_request (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  kind TEXT NOT NULL,
  model TEXT,
  part_id {id} REFERENCES part (id),
  why TEXT NOT NULL CHECK (why IN ('short', 'asked')),
  by_name TEXT NOT NULL,
  made_at {int} NOT NULL,
  ended_at {int},
  ended_how TEXT CHECK (ended_how IN ('came', 'over', 'done', 'withdrawn')),
  ended_note TEXT,
  ended_by TEXT
){strict};
CREATE INDEX part_request_live ON part_request (tenant_id, made_at, id) WHERE ended_at IS NULL;
CREATE INDEX part_request_over ON part_request (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX part_request_kind ON part_request (tenant_id, kind, made_at, id) WHERE ended_at IS NULL;
CREATE INDEX part_request_order ON part_request (tenant_id, work_order_id) WHERE ended_at IS NULL;
