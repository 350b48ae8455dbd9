-- What is open, and all there ever was, of a terminal or a telephone stand in one order: the index says itself which are closed. A new
-- ticket is written into two trees fewer, each at a place of its own.
CREATE INDEX ticket_of_terminal ON ticket (tenant_id, terminal_id, opened_at, id, closed_at) WHERE terminal_id IS NOT NULL;
CREATE INDEX ticket_of_phone ON ticket (tenant_id, contact_phone, opened_at, id, closed_at) WHERE contact_phone IS NOT NULL;
DROP INDEX ticket_terminal;
DROP INDEX ticket_open_terminal;
DROP INDEX ticket_phone;
DROP INDEX ticket_open_phone;
