-- A sub-task that makes good what a merchant was not content with names the answer it follows, and ends with what was done.
ALTER TABLE sub_task ADD COLUMN follow_up_id {id} REFERENCES follow_up(id);
ALTER TABLE sub_task ADD COLUMN outcome TEXT CHECK (outcome IN ('explained', 'visited_again', 'replaced', 'compensated', 'not_reached'));
ALTER TABLE sub_task ADD COLUMN outcome_words TEXT;
