-- Pieces of the warehouse kept for visits. A reservation lives until the piece is handed out, one is used, or the order is over.
CREATE TABLE part_reservation (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  part_id {id} NOT NULL REFERENCES part (id),
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  made_at {int} NOT NULL,
  ended_at {int},
  ended_by TEXT CHECK (ended_by IN ('handed_out', 'used', 'released'))
){strict};
CREATE INDEX part_reservation_live ON part_reservation (tenant_id, part_id, made_at, id) WHERE ended_at IS NULL;
CREATE INDEX part_reservation_order ON part_reservation (tenant_id, work_order_id) WHERE ended_at IS NULL;
