-- A notice whose mail does not go by itself, and why: an address gets only so many receipts an hour. Somebody of the desk may send it.
ALTER TABLE notice ADD COLUMN kept_back TEXT CHECK (kept_back IN ('receipts'));
