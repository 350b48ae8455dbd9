-- How often another person became accountable for a case: what is passed around is shown to the supervisors.
ALTER TABLE ticket ADD COLUMN handed {int} NOT NULL DEFAULT 0;
CREATE INDEX ticket_handed ON ticket (tenant_id, next_due_at, id) WHERE closed_at IS NULL AND handed >= 3;
