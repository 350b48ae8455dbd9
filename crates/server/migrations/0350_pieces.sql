-- Pieces of numbers are found along the words of the search; what served their ends and beginnings is read by nobody.
DROP INDEX terminal_tail;
DROP INDEX binding_open_number;
