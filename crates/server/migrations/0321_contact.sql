-- Why a letter waits, and why one goes although it would.

ALTER TABLE outbox ADD COLUMN held TEXT CHECK (held IN ('quiet', 'enough'));
ALTER TABLE outbox ADD COLUMN exception TEXT CHECK (exception IN ('asked', 'emergency', 'said'));
ALTER TABLE outbox ADD COLUMN exception_reason TEXT;
-- What an address has had, or is to have, on a day.
CREATE INDEX outbox_day ON outbox (tenant_id, address, run_at);
