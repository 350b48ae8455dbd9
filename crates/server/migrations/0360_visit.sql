-- What was ordered has no fault: what was delivered or installed stands in its place. A unit of another model was put in for a reason.
ALTER TABLE work_order ADD COLUMN delivered TEXT;
ALTER TABLE visit_part ADD COLUMN model_reason TEXT;
