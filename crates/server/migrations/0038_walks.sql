-- Solved cases nobody has answered, oldest first: read every hour over all tenants.
CREATE INDEX ticket_silent ON ticket (solved_at, id) WHERE closed_at IS NULL AND state = 'solved';
-- What is pinned from a day on.
CREATE INDEX dispatch_pin_from ON dispatch_pin (tenant_id, planned_from, work_order_id);
