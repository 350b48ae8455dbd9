-- What is counted every few seconds, and what is swept away after its time.
CREATE INDEX job_parked ON job (tenant_id, id) WHERE state = 'parked';
CREATE INDEX job_done ON job (created_at) WHERE state = 'done';
CREATE INDEX session_age ON session (expires_at);
