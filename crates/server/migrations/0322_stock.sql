-- Where pieces lie: movements only, what lies somewhere is their sum. Without an engineer it is the warehouse.
CREATE TABLE stock_line (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  move_id {id} NOT NULL,
  part_id {id} NOT NULL REFERENCES part (id),
  engineer_id {id} REFERENCES engineer (id),
  kind TEXT NOT NULL CHECK (kind IN ('received', 'handed_out', 'handed_back', 'used', 'counted', 'written_off')),
  quantity {int} NOT NULL,
  note TEXT NOT NULL,
  work_order_id {id} REFERENCES work_order (id),
  by_name TEXT NOT NULL,
  at {int} NOT NULL
){strict};
-- The sum at a place is read from the index alone; the movements of a part, newest first.
CREATE INDEX stock_place ON stock_line (tenant_id, part_id, engineer_id, quantity);
CREATE INDEX stock_moves ON stock_line (tenant_id, part_id, at, id);
-- What fits a model among the parts of a kind.
CREATE INDEX part_kind ON part (tenant_id, kind, number);
