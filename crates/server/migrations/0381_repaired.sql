-- Orders of before, in a step of its own: only their rows are locked while they are written.
UPDATE work_order SET terminal_id = (SELECT t.terminal_id FROM ticket t WHERE t.id = work_order.ticket_id);
