-- What was taken out of a terminal and comes back: with its engineer, in the warehouse, with its vendor, or where it ended.
CREATE TABLE part_return (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  -- Its tag is the order's number and this.
  place {int} NOT NULL,
  kind TEXT NOT NULL,
  model TEXT,
  serial_no TEXT,
  fault_code TEXT,
  engineer_id {id} NOT NULL REFERENCES engineer (id),
  state TEXT NOT NULL CHECK (state IN ('carried', 'here', 'at_vendor', 'stocked', 'credited', 'scrapped', 'missing', 'put_in')),
  finding TEXT CHECK (finding IN ('good', 'repairable', 'dead')),
  part_id {id} REFERENCES part (id),
  vendor_ref TEXT,
  credit_fen {int},
  made_at {int} NOT NULL,
  changed_at {int} NOT NULL,
  ended_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, work_order_id, place)
){strict};
CREATE UNIQUE INDEX part_return_serial ON part_return (tenant_id, serial_no) WHERE ended_at IS NULL AND serial_no IS NOT NULL;
CREATE INDEX part_return_live ON part_return (tenant_id, state, changed_at, id) WHERE ended_at IS NULL;
CREATE INDEX part_return_over ON part_return (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX part_return_bag ON part_return (tenant_id, engineer_id, changed_at, id) WHERE state = 'carried';
-- Who did what with it, in order.
CREATE TABLE part_return_step (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  return_id {id} NOT NULL REFERENCES part_return (id),
  step TEXT NOT NULL,
  said TEXT NOT NULL,
  note TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at {int} NOT NULL
){strict};
CREATE INDEX part_return_steps ON part_return_step (tenant_id, return_id, at, id);
