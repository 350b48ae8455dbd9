-- Letters as received, notices and their sending, follow-ups.

CREATE TABLE letter (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  channel TEXT NOT NULL,
  -- What makes it the same letter when it comes again: Message-ID, form nonce, caller's own id.
  external_id TEXT NOT NULL,
  received_at {int} NOT NULL,
  sender TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  meta TEXT NOT NULL,
  raw {bytes},
  state TEXT NOT NULL CHECK (state IN ('received', 'read', 'unreadable', 'ignored')),
  error TEXT,
  ticket_id {id} REFERENCES ticket (id),
  read_at {int},
  UNIQUE (tenant_id, channel, external_id)
){strict};
CREATE INDEX letter_recent ON letter (tenant_id, received_at, id);
CREATE INDEX letter_unreadable ON letter (tenant_id, received_at, id) WHERE state = 'unreadable';
CREATE INDEX letter_ticket ON letter (ticket_id);

CREATE TABLE notice (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  -- One notice per customer-visible change.
  change_key TEXT NOT NULL,
  lang TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at {int} NOT NULL,
  UNIQUE (tenant_id, change_key)
){strict};
CREATE INDEX notice_ticket ON notice (ticket_id, created_at);

CREATE TABLE outbox (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  notice_id {id} NOT NULL REFERENCES notice (id),
  transport TEXT NOT NULL,
  address TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('ready', 'run', 'sent', 'failed')),
  run_at {int} NOT NULL,
  attempts {int} NOT NULL,
  lease_until {int},
  fence {int} NOT NULL,
  sent_at {int},
  last_error TEXT,
  created_at {int} NOT NULL,
  UNIQUE (notice_id, transport)
){strict};
CREATE INDEX outbox_ready ON outbox (run_at, id) WHERE state = 'ready';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'run';

CREATE TABLE follow_up (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  round {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'asked', 'answered', 'expired')),
  due_at {int} NOT NULL,
  -- The next instant at which the follow-up reconciler has something to do with it.
  next_at {int},
  asked_at {int},
  answered_at {int},
  solved {int},
  score {int} CHECK (score BETWEEN 1 AND 5),
  comment TEXT,
  UNIQUE (ticket_id, round)
){strict};
CREATE INDEX follow_up_next ON follow_up (next_at, id) WHERE next_at IS NOT NULL;
