-- The last repair of a terminal is found without a walk through all its cases: an order names the terminal it goes to.
ALTER TABLE work_order ADD COLUMN terminal_id {id} REFERENCES terminal(id);
UPDATE work_order SET terminal_id = (SELECT t.terminal_id FROM ticket t WHERE t.id = work_order.ticket_id);
CREATE INDEX work_order_repair ON work_order (tenant_id, terminal_id, closed_at) WHERE state = 'done' AND service IS NULL;
-- And what was solved on it without one through all that is open.
CREATE INDEX ticket_solved_of_terminal ON ticket (tenant_id, terminal_id, opened_at) WHERE solved_at IS NOT NULL AND fault_code IS NOT NULL;
