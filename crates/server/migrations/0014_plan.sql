-- Plans of a day, pins, absences.

CREATE TABLE dispatch_plan (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  day TEXT NOT NULL,
  number {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'proposed', 'published', 'discarded', 'failed')),
  engineers TEXT NOT NULL,
  seconds {int} NOT NULL,
  progress {int} NOT NULL,
  best_fen {int},
  based_on {int},
  result TEXT,
  failure TEXT,
  made_by TEXT NOT NULL,
  made_at {int} NOT NULL,
  done_at {int},
  ended_by TEXT,
  ended_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, day, number)
){strict};
-- One search a day at a time.
CREATE UNIQUE INDEX dispatch_plan_running ON dispatch_plan (tenant_id, day) WHERE state = 'running';
CREATE INDEX dispatch_plan_made ON dispatch_plan (tenant_id, made_at, id);

CREATE TABLE dispatch_plan_stop (
  plan_id {id} NOT NULL REFERENCES dispatch_plan (id),
  work_order_id {id} NOT NULL REFERENCES work_order (id),
  change TEXT NOT NULL,
  engineer_id {id} REFERENCES engineer (id),
  planned_from {int},
  planned_to {int},
  before_engineer_id {id} REFERENCES engineer (id),
  before_from {int},
  before_to {int},
  promised_from {int},
  promised_to {int},
  fixed {int} NOT NULL,
  extra_fen {int},
  undone_fen {int} NOT NULL,
  why TEXT NOT NULL,
  alternatives TEXT NOT NULL,
  published TEXT CHECK (published IN ('offered', 'refused')),
  refusal TEXT,
  PRIMARY KEY (plan_id, work_order_id),
  CHECK (planned_to IS NULL OR planned_to > planned_from)
){strict};

-- A pin says: this order stays with this engineer at this time. It means nothing once either has changed.
CREATE TABLE dispatch_pin (
  work_order_id {id} PRIMARY KEY REFERENCES work_order (id),
  tenant_id {id} NOT NULL,
  engineer_id {id} NOT NULL REFERENCES engineer (id),
  planned_from {int} NOT NULL,
  at {int} NOT NULL
){strict};

CREATE TABLE absence (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  engineer_id {id} NOT NULL REFERENCES engineer (id),
  from_at {int} NOT NULL,
  to_at {int} NOT NULL,
  reason TEXT NOT NULL,
  made_at {int} NOT NULL,
  CHECK (to_at > from_at)
){strict};
CREATE INDEX absence_tenant ON absence (tenant_id, to_at, from_at);
