-- Troubles that many tickets share, who reported them, and what the reporters were told together.

CREATE TABLE incident (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  number {int} NOT NULL,
  title TEXT NOT NULL,
  -- What it is about; a part that is not named is any.
  acquirer_id {id} REFERENCES acquirer (id),
  district TEXT,
  model TEXT,
  fault_code TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
  opened_at {int} NOT NULL,
  opened_by TEXT NOT NULL,
  resolved_at {int},
  resolved_by TEXT,
  resolution TEXT,
  -- How its reporters are solved with it, when that was asked for.
  solve_fault TEXT,
  solve_outcome TEXT,
  version {int} NOT NULL,
  UNIQUE (tenant_id, number)
){strict};
CREATE INDEX incident_open ON incident (tenant_id, opened_at, id) WHERE state = 'open';
CREATE INDEX incident_resolved ON incident (tenant_id, resolved_at, id) WHERE resolved_at IS NOT NULL;

CREATE TABLE incident_ticket (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  incident_id {id} NOT NULL REFERENCES incident (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  at {int} NOT NULL,
  by_name TEXT NOT NULL,
  left_at {int},
  left_by TEXT,
  -- What came of solving it with the incident: 'solved', or the code of the refusal.
  solved TEXT
){strict};
CREATE UNIQUE INDEX incident_ticket_live ON incident_ticket (ticket_id) WHERE left_at IS NULL;
CREATE INDEX incident_reporters ON incident_ticket (incident_id, id) WHERE left_at IS NULL;

CREATE TABLE broadcast (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  incident_id {id} NOT NULL REFERENCES incident (id),
  at {int} NOT NULL,
  by_name TEXT NOT NULL,
  words TEXT NOT NULL,
  -- When the last reporter had been dealt with.
  done_at {int}
){strict};
CREATE INDEX broadcast_incident ON broadcast (incident_id, at, id);
CREATE UNIQUE INDEX broadcast_live ON broadcast (incident_id) WHERE done_at IS NULL;

CREATE TABLE telling (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  broadcast_id {id} NOT NULL REFERENCES broadcast (id),
  reporter_id {id} NOT NULL REFERENCES incident_ticket (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  outcome TEXT NOT NULL,
  address TEXT,
  send_at {int} NOT NULL,
  at {int} NOT NULL,
  UNIQUE (broadcast_id, reporter_id)
){strict};
CREATE INDEX telling_list ON telling (broadcast_id, id);
CREATE INDEX telling_address ON telling (tenant_id, address, at) WHERE address IS NOT NULL;
