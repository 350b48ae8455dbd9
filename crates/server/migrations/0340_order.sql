-- The calendar of what was ordered; a clock without one runs on the hours of its agreement.
ALTER TABLE clock ADD COLUMN calendar TEXT;
