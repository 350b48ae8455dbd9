-- The number under which an installed terminal works; what was shown to the merchant, and photos, of a step.
ALTER TABLE work_order ADD COLUMN tid TEXT;
ALTER TABLE visit_step ADD COLUMN shown TEXT;
ALTER TABLE visit_step ADD COLUMN photos {int};
