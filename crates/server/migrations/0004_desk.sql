-- Tickets, their timelines, clocks and guide runs.

CREATE TABLE ticket (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  number {int} NOT NULL,
  state TEXT NOT NULL,
  subject TEXT NOT NULL,
  symptom TEXT NOT NULL,
  response_code TEXT,
  channel TEXT NOT NULL,
  merchant_id {id} REFERENCES merchant (id),
  store_id {id} REFERENCES store (id),
  terminal_id {id} REFERENCES terminal (id),
  terminal_unknown_reason TEXT,
  acquirer_id {id},
  contact_id {id} REFERENCES contact (id),
  contact_name TEXT,
  contact_phone TEXT,
  contact_email TEXT,
  contact_lang TEXT NOT NULL,
  -- Exactly one accountable owner, from the first moment.
  owner_id {id} NOT NULL REFERENCES app_user (id),
  claimed_at {int},
  impact TEXT NOT NULL,
  urgency TEXT NOT NULL,
  priority TEXT NOT NULL,
  priority_why TEXT NOT NULL,
  agreement TEXT NOT NULL,
  triage TEXT,
  fault_code TEXT,
  outcome TEXT,
  waiting TEXT NOT NULL,
  reopen_count {int} NOT NULL,
  entry_count {int} NOT NULL,
  last_entry TEXT,
  -- The soonest due instant of its running clocks; year 9999 when none runs. Kept by the flow together with the clocks.
  next_due_at {int} NOT NULL,
  responded_at {int},
  opened_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  solved_at {int},
  closed_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, number)
){strict};
CREATE INDEX ticket_open_due ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_owner ON ticket (tenant_id, owner_id, next_due_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_unclaimed ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL AND claimed_at IS NULL;
CREATE INDEX ticket_to_respond ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL AND responded_at IS NULL;
CREATE INDEX ticket_waiting ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL AND waiting <> '[]';
CREATE INDEX ticket_solved ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL AND state = 'solved';
CREATE INDEX ticket_closed ON ticket (tenant_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX ticket_terminal ON ticket (terminal_id, opened_at, id);
CREATE INDEX ticket_merchant ON ticket (merchant_id, opened_at, id);
CREATE INDEX ticket_phone ON ticket (tenant_id, contact_phone, opened_at);

CREATE TABLE ticket_entry (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  seq {int} NOT NULL,
  at {int} NOT NULL,
  kind TEXT NOT NULL,
  visibility TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  author_name TEXT NOT NULL,
  caller TEXT NOT NULL,
  channel TEXT,
  body TEXT NOT NULL,
  event_code TEXT,
  event_data TEXT,
  notice_id {id},
  letter_id {id}
){strict};
CREATE UNIQUE INDEX ticket_entry_line ON ticket_entry (ticket_id, seq);

CREATE TABLE clock (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  agreement TEXT NOT NULL,
  priority TEXT NOT NULL,
  state TEXT NOT NULL,
  cycle {int} NOT NULL,
  target_ms {int} NOT NULL,
  consumed_ms {int} NOT NULL,
  due_at {int},
  -- The next instant at which a warning or the breach falls due; what the ticker looks for.
  next_at {int},
  breached_at {int},
  met {int},
  reasons TEXT NOT NULL,
  started_at {int} NOT NULL,
  computed_at {int} NOT NULL,
  unofficial_years TEXT NOT NULL,
  UNIQUE (ticket_id, kind)
){strict};
CREATE INDEX clock_next ON clock (next_at, id) WHERE next_at IS NOT NULL;

CREATE TABLE clock_event (
  clock_id {id} NOT NULL REFERENCES clock (id),
  seq {int} NOT NULL,
  at {int} NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (clock_id, seq)
){strict};

CREATE TABLE clock_segment (
  clock_id {id} NOT NULL REFERENCES clock (id),
  seq {int} NOT NULL,
  from_at {int} NOT NULL,
  to_at {int},
  kind TEXT NOT NULL,
  reasons TEXT NOT NULL,
  cycle {int} NOT NULL,
  PRIMARY KEY (clock_id, seq)
){strict};

CREATE TABLE clock_firing (
  clock_id {id} NOT NULL REFERENCES clock (id),
  cycle {int} NOT NULL,
  percent {int} NOT NULL,
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  PRIMARY KEY (clock_id, cycle, percent)
){strict};

CREATE TABLE guide_run (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  guide TEXT NOT NULL,
  guide_version {int} NOT NULL,
  state TEXT NOT NULL,
  step TEXT,
  ending TEXT,
  left_because TEXT,
  started_at {int} NOT NULL,
  ended_at {int},
  version {int} NOT NULL
){strict};
CREATE INDEX guide_run_ticket ON guide_run (ticket_id, started_at);
CREATE UNIQUE INDEX guide_run_live ON guide_run (ticket_id) WHERE state = 'running';

CREATE TABLE guide_answer (
  run_id {id} NOT NULL REFERENCES guide_run (id),
  seq {int} NOT NULL,
  step TEXT NOT NULL,
  answer TEXT NOT NULL,
  auto {int} NOT NULL,
  note TEXT,
  by_caller TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at {int} NOT NULL,
  undone_at {int},
  PRIMARY KEY (run_id, seq)
){strict};
