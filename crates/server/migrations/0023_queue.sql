-- The order in which open tickets are taken up: registered, plus the patience of the priority.

ALTER TABLE ticket ADD COLUMN queue_at {int} NOT NULL DEFAULT 0;
UPDATE ticket SET queue_at = opened_at + CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 7200000 WHEN 'normal' THEN 28800000 ELSE 86400000 END;
CREATE INDEX ticket_queue ON ticket (tenant_id, queue_at, id) WHERE closed_at IS NULL AND waiting = '[]' AND state <> 'solved';
