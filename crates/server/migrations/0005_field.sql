-- Work orders, offers, what was done on site.

CREATE TABLE work_order (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  number {int} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  fault_code TEXT NOT NULL,
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  access_note TEXT,
  skills TEXT NOT NULL,
  parts TEXT NOT NULL,
  remote_steps TEXT NOT NULL,
  district TEXT NOT NULL,
  terminal_class TEXT NOT NULL,
  engineer_id {id} REFERENCES engineer (id),
  promised_from {int},
  promised_to {int},
  planned_from {int},
  planned_to {int},
  actual_from {int},
  actual_to {int},
  accepted_at {int},
  departed_at {int},
  off_site_reason TEXT,
  arrived_lat_e6 {int},
  arrived_lng_e6 {int},
  diagnosis_code TEXT,
  backup TEXT,
  restore_verified {int},
  restore_note TEXT,
  outcome TEXT,
  fail_reason TEXT,
  follow_up_note TEXT,
  confirmation TEXT,
  code_hash {bytes},
  code_expires_at {int},
  code_tries {int} NOT NULL,
  created_at {int} NOT NULL,
  closed_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, number),
  CHECK (planned_to IS NULL OR planned_to > planned_from),
  CHECK (promised_to IS NULL OR promised_to > promised_from)
){strict};
CREATE UNIQUE INDEX work_order_live_ticket ON work_order (ticket_id) WHERE closed_at IS NULL;
CREATE INDEX work_order_unassigned ON work_order (tenant_id, created_at, id) WHERE closed_at IS NULL AND engineer_id IS NULL;
CREATE INDEX work_order_engineer ON work_order (engineer_id, planned_from, id);
CREATE INDEX work_order_day ON work_order (tenant_id, planned_from, id);

CREATE TABLE offer (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  engineer_id {id} NOT NULL REFERENCES engineer (id),
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'withdrawn')),
  why TEXT NOT NULL,
  refuse_reason TEXT,
  at {int} NOT NULL,
  answered_at {int}
){strict};
-- One live offer per work order: two engineers never travel to the same door.
CREATE UNIQUE INDEX offer_live ON offer (work_order_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX offer_order ON offer (work_order_id, at);
CREATE INDEX offer_engineer ON offer (engineer_id, state);

CREATE TABLE visit_event (
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  seq {int} NOT NULL,
  at {int} NOT NULL,
  code TEXT NOT NULL,
  data TEXT NOT NULL,
  by_caller TEXT NOT NULL,
  by_name TEXT NOT NULL,
  PRIMARY KEY (work_order_id, seq)
){strict};

CREATE TABLE visit_step (
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  code TEXT NOT NULL,
  result TEXT NOT NULL,
  note TEXT,
  at {int} NOT NULL,
  PRIMARY KEY (work_order_id, code)
){strict};

CREATE TABLE visit_part (
  id {id} PRIMARY KEY,
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  part TEXT NOT NULL,
  old_serial TEXT,
  new_serial TEXT,
  at {int} NOT NULL
){strict};
CREATE INDEX visit_part_order ON visit_part (work_order_id, at);
