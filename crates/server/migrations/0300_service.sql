-- What was ordered: a work order of an ordered service keeps the item, the minutes it takes and the instant it is due.
ALTER TABLE work_order ADD COLUMN service TEXT;
ALTER TABLE work_order ADD COLUMN minutes {int};
ALTER TABLE work_order ADD COLUMN due_at {int};
