CREATE INDEX work_order_repair ON work_order (tenant_id, terminal_id, closed_at) WHERE state = 'done' AND service IS NULL;
-- And what was solved on a terminal without a walk through all that is open.
CREATE INDEX ticket_solved_of_terminal ON ticket (tenant_id, terminal_id, opened_at) WHERE solved_at IS NOT NULL AND fault_code IS NOT NULL;
