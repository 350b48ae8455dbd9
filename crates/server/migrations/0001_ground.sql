-- What every room stands on: counters, answers kept by idempotency key, jobs.

CREATE TABLE counter (
  tenant_id {id} NOT NULL,
  name TEXT NOT NULL,
  value {int} NOT NULL,
  PRIMARY KEY (tenant_id, name)
){strict};

CREATE TABLE idempotency (
  tenant_id {id} NOT NULL,
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash {bytes} NOT NULL,
  status {int} NOT NULL,
  answer TEXT NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (tenant_id, caller, key)
){strict};
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE job (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  queue TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'run', 'done', 'parked')),
  run_at {int} NOT NULL,
  attempts {int} NOT NULL,
  max_attempts {int} NOT NULL,
  lease_until {int},
  fence {int} NOT NULL,
  last_error TEXT,
  created_at {int} NOT NULL
){strict};
CREATE UNIQUE INDEX job_live_key ON job (tenant_id, queue, key) WHERE state IN ('ready', 'run');
CREATE INDEX job_ready ON job (run_at, id) WHERE state = 'ready';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'run';
