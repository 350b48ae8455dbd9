-- What a month of promises comes to for one acquirer under one agreement: its versions, lines, exclusions and disputes.

-- Statements are counted from the clocks that fell due in a month, each at its breach or else at its due instant.
CREATE INDEX clock_fell ON clock (tenant_id, agreement, COALESCE(breached_at, due_at), id) WHERE aside_at IS NULL AND state <> 'cancelled';

CREATE TABLE statement (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  acquirer_id {id} NOT NULL REFERENCES acquirer (id),
  agreement TEXT NOT NULL,
  month TEXT NOT NULL,
  -- The first instant of the month; lists are ordered by it.
  month_at {int} NOT NULL,
  -- The version signed last; 0 for none.
  signed {int} NOT NULL,
  version {int} NOT NULL,
  UNIQUE (tenant_id, acquirer_id, agreement, month)
){strict};
CREATE INDEX statement_list ON statement (tenant_id, month_at, id);
CREATE INDEX statement_acquirer ON statement (tenant_id, acquirer_id, month_at, id);

-- A signed version; never changed.
CREATE TABLE statement_version (
  statement_id {id} NOT NULL REFERENCES statement (id),
  version {int} NOT NULL,
  tenant_id {id} NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('first', 'exclusion', 'dispute')),
  agreement_version {int} NOT NULL,
  terms TEXT NOT NULL,
  figures TEXT NOT NULL,
  kept {int} NOT NULL,
  late {int} NOT NULL,
  left_out {int} NOT NULL,
  penalty {int} NOT NULL,
  signed_at {int} NOT NULL,
  signed_by {id} NOT NULL REFERENCES app_user (id),
  signed_name TEXT NOT NULL,
  predecessor TEXT NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (statement_id, version)
){strict};

-- A line as it counts from one version on, up to another where it counts otherwise since.
CREATE TABLE statement_line (
  statement_id {id} NOT NULL REFERENCES statement (id),
  clock_id {id} NOT NULL REFERENCES clock (id),
  since_version {int} NOT NULL,
  until_version {int},
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  started_at {int} NOT NULL,
  due_at {int} NOT NULL,
  ended_at {int},
  breached {int} NOT NULL,
  late_s {int} NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('kept', 'late', 'left_out')),
  counted_s {int} NOT NULL,
  penalty {int} NOT NULL,
  exclusion_id {id},
  dispute_id {id},
  PRIMARY KEY (statement_id, clock_id, since_version)
){strict};
CREATE INDEX statement_line_list ON statement_line (statement_id, due_at, clock_id);
CREATE INDEX statement_line_verdict ON statement_line (statement_id, verdict, due_at, clock_id);
CREATE INDEX statement_line_ticket ON statement_line (statement_id, ticket_id);

CREATE TABLE statement_exclusion (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  statement_id {id} NOT NULL REFERENCES statement (id),
  day TEXT,
  ticket_id {id} REFERENCES ticket (id),
  reason TEXT NOT NULL,
  proof TEXT NOT NULL,
  at {int} NOT NULL,
  by_id {id} NOT NULL REFERENCES app_user (id),
  by_name TEXT NOT NULL,
  -- The version that took it in first.
  signed_in {int},
  withdrawn_at {int}
){strict};
CREATE INDEX statement_exclusion_of ON statement_exclusion (statement_id, id);
CREATE UNIQUE INDEX statement_exclusion_day ON statement_exclusion (statement_id, day) WHERE day IS NOT NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX statement_exclusion_ticket ON statement_exclusion (statement_id, ticket_id) WHERE ticket_id IS NOT NULL AND withdrawn_at IS NULL;

CREATE TABLE statement_dispute (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  statement_id {id} NOT NULL REFERENCES statement (id),
  clock_id {id} NOT NULL REFERENCES clock (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  claim TEXT NOT NULL CHECK (claim IN ('kept', 'late', 'left_out')),
  late_s {int},
  reason TEXT NOT NULL,
  raised_at {int} NOT NULL,
  by_id {id} NOT NULL REFERENCES app_user (id),
  by_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
  answer TEXT,
  decided_at {int},
  decided_by {id} REFERENCES app_user (id),
  decided_name TEXT,
  -- The version an accepted one made.
  made {int}
){strict};
CREATE INDEX statement_dispute_list ON statement_dispute (statement_id, raised_at, id);
CREATE INDEX statement_dispute_line ON statement_dispute (clock_id, statement_id);
CREATE UNIQUE INDEX statement_dispute_open ON statement_dispute (statement_id, clock_id) WHERE state = 'open';
