-- Asked on every report with a mail address, and on every page of a ticket.
CREATE INDEX outbox_address ON outbox (tenant_id, address, created_at);
CREATE INDEX work_order_ticket ON work_order (ticket_id, created_at, id);
