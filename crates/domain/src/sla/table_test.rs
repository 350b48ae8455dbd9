//! The rules as a table of cases worked out by hand: what happened, the instant of the question, facts of the answer.
//! Times are Shanghai time of 2026 unless a year is given. 1 June 2026 is a Monday; a "city" day is 09:00-12:00 and
//! 13:30-18:00, 7.5 hours; its targets are urgent 1 h, high 2 h, normal 4 h, low 8 h (see `cases_test.rs`).

pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

const CALENDAR: &[Row] = &[
    ("a morning of 3 h and one hour after lunch", "06-01 09:00 start city normal", "06-01 09:00", "due=06-01 14:30, used=0, level=ok"),
    (
        "registered at lunch: nothing runs",
        "06-01 12:40 start city urgent",
        "06-01 12:50",
        "due=06-01 14:30, used=0, seg=closed 12:40-12:50",
    ),
    ("used up at closing is due at closing", "06-01 11:00 start city urgent", "06-01 11:30", "due=06-01 12:00"),
    ("started at closing has used nothing", "06-01 12:00 start city urgent", "06-01 13:30", "due=06-01 14:30, used=0"),
    ("started at opening runs", "06-01 13:30 start city urgent", "06-01 13:31", "due=06-01 14:30, used=1m"),
    ("Friday evening to Monday: 1 h + 3 h", "06-05 17:00 start city normal", "06-05 17:00", "due=06-08 12:00"),
    ("a holiday week: 1 h on Wednesday, 3 h on the 8th", "09-30 17:00 start city normal", "09-30 18:00", "due=10-08 12:00"),
    ("a make-up Saturday works as a Monday", "10-09 17:00 start city normal", "10-09 17:00", "due=10-10 12:00"),
    ("a make-up day that follows a closed weekday is closed", "09-18 17:00 start city normal", "09-18 17:00", "due=09-21 12:00"),
    ("own hours of one day", "06-10 09:00 start shop urgent", "06-10 09:00", "due=06-10 11:00"),
    ("own hours win over the holiday", "10-01 09:00 start shop urgent", "10-01 09:00", "due=10-02 10:00"),
    ("a night shift runs into the holiday, none begins in it", "10-01 01:00 start night normal", "10-01 12:00", "due=10-09 03:00, used=5h"),
    ("the small hours after the last holiday are closed", "10-08 01:00 start night urgent", "10-08 02:00", "due=10-09 00:00, used=0"),
    ("round the clock has no seam", "06-01 23:00 start round normal", "06-02 01:00", "due=06-02 23:00, seg=run 23:00-01:00"),
    ("23:59 is what was entered: a closed minute", "06-01 23:00 start minute urgent", "06-01 23:00", "due=06-02 00:01"),
    ("13:00-00:00 ends at midnight", "06-01 23:00 start late urgent", "06-01 23:00", "due=06-02 00:00"),
    ("touching shifts are one", "06-01 11:30 start touch urgent", "06-01 12:15", "due=06-01 12:30, seg=run 11:30-12:15"),
    ("a calendar that never opens never comes due", "06-01 09:00 start shut normal", "06-03 09:00", "due=-, used=0, wake=-, breach=-"),
    ("due lies in a year without official data", "12-31 17:00 start city normal", "12-31 17:30", "due=2027-01-01 12:00, years=2027"),
    (
        "due at the turn of the year does not touch the next one",
        "12-31 23:00 start days urgent",
        "12-31 23:10",
        "due=2027-01-01 00:00, years=-",
    ),
    ("a year lived through is named", "2025-12-31 23:30 start days urgent", "01-01 02:00", "due=01-01 00:30, years=2025"),
    ("hours that do not depend on holidays name none", "12-31 23:30 start round urgent", "12-31 23:40", "due=2027-01-01 00:30, years=-"),
];

const PAUSES: &[Row] = &[
    (
        "half an hour of waiting moves the due by half an hour",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_merchant; 06-01 10:30 resume waiting_merchant",
        "06-01 11:00",
        "due=06-01 15:00, used=1h30m, paused=30m",
    ),
    (
        "waiting at lunch costs and gives nothing",
        "06-01 09:00 start city normal; 06-01 12:10 pause waiting_merchant; 06-01 13:00 resume waiting_merchant",
        "06-01 13:10",
        "due=06-01 14:30, paused=0",
    ),
    (
        "waiting across lunch counts its business part",
        "06-01 09:00 start city normal; 06-01 11:30 pause waiting_merchant; 06-01 14:00 resume waiting_merchant",
        "06-01 14:00",
        "due=06-01 15:30, paused=1h, seg=run 09:00-11:30 + paused(waiting_merchant) 11:30-12:00 + closed 12:00-13:30 + paused(waiting_merchant) 13:30-14:00",
    ),
    (
        "overlapping reasons hold once, until the last ends",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 10:20 pause waiting_merchant; 06-01 10:40 resume waiting_parts; 06-01 11:00 resume waiting_merchant",
        "06-01 11:00",
        "due=06-01 15:30, paused=1h, seg=run 09:00-10:00 + paused(waiting_parts) 10:00-10:20 + paused(waiting_merchant waiting_parts) 10:20-10:40 + paused(waiting_merchant) 10:40-11:00",
    ),
    (
        "a reason the agreement does not know never holds",
        "06-01 09:00 start city normal; 06-01 10:00 pause weather",
        "06-01 11:00",
        "due=06-01 14:30, state=running, held=-",
    ),
    (
        "a second is a second",
        "06-01 09:00 start city normal; 06-01 10:00:00 pause waiting_parts; 06-01 10:00:01 resume waiting_parts",
        "06-01 11:00",
        "due=06-01 14:30:01, paused=1s",
    ),
    (
        "* ends every reason",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 10:00 pause waiting_merchant; 06-01 10:30 resume *",
        "06-01 11:00",
        "due=06-01 15:00, state=running",
    ),
    (
        "a reason stated twice ends at once",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 10:10 pause waiting_parts; 06-01 10:30 resume waiting_parts",
        "06-01 11:00",
        "due=06-01 15:00, paused=30m",
    ),
    (
        "ending a reason that is not in force does nothing",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 10:30 resume waiting_merchant",
        "06-01 11:00",
        "state=paused, held=waiting_parts, paused=1h",
    ),
    (
        "while held there is no due, and nothing to wake for",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts",
        "06-01 10:30",
        "due=-, wake=-, level=paused, used=1h",
    ),
    (
        "holding for days does not breach",
        "06-01 09:00 start city urgent; 06-01 09:30 pause waiting_parts",
        "06-04 10:00",
        "due=-, breach=-, warn=50@06-01 09:30, used=30m",
    ),
    (
        "a pause and its end at one instant leave no trace",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 10:00 resume waiting_parts",
        "06-01 11:00",
        "due=06-01 14:30, paused=0, seg=run 09:00-11:00",
    ),
    (
        "a pause at the due instant comes too late",
        "06-01 09:00 start city urgent; 06-01 10:00 pause waiting_parts",
        "06-01 11:00",
        "due=06-01 10:00, breach=1@06-01 10:00, level=late",
    ),
];

const TARGETS: &[Row] = &[
    (
        "a raise keeps what was used",
        "06-01 09:00 start city low; 06-01 10:00 priority high",
        "06-01 10:00",
        "due=06-01 11:00, used=1h, target=2h, level=half",
    ),
    (
        "raised while held, used up: due is the instant of the change",
        "06-01 09:00 start city normal; 06-01 11:00 pause waiting_merchant; 06-01 11:20 priority urgent",
        "06-01 12:00",
        "due=06-01 11:20, breach=1@06-01 11:20, left=-1h, level=late",
    ),
    (
        "raised while held, not used up: earlier waiting is not charged",
        "06-01 09:00 start city normal; 06-01 09:30 pause waiting_merchant; 06-01 09:40 priority urgent; 06-01 10:00 resume waiting_merchant",
        "06-01 10:00",
        "due=06-01 10:30, paused=30m, breach=-",
    ),
    (
        "raised at lunch, used up: due at lunch",
        "06-01 09:00 start city normal; 06-01 12:30 priority urgent",
        "06-01 14:00",
        "due=06-01 12:30, breach=1@06-01 12:30",
    ),
    (
        "the same promise by another agreement was due when it was",
        "06-01 09:00 start city urgent; 06-01 11:00 agreement again",
        "06-01 11:30",
        "due=06-01 10:00, breach=1@06-01 10:00",
    ),
    (
        "a longer promise at the due instant prevents the breach",
        "06-01 09:00 start city urgent; 06-01 10:00 priority low",
        "06-01 18:00",
        "due=06-02 09:30, breach=-",
    ),
    (
        "a longer promise later does not undo it",
        "06-01 09:00 start city urgent; 06-01 10:30 priority low",
        "06-01 11:00",
        "due=06-02 09:30, breach=1@06-01 10:00, level=ok",
    ),
    (
        "one breach per cycle",
        "06-01 09:00 start city urgent; 06-01 10:30 priority normal",
        "06-01 17:00",
        "due=06-01 14:30, breach=1@06-01 10:00",
    ),
    (
        "hours counted on an earlier calendar stay counted: 3 h of 24 h",
        "06-01 09:00 start city normal; 06-01 12:00 agreement round",
        "06-01 13:00",
        "due=06-02 09:00, used=4h",
    ),
    (
        "a reason in force is judged anew by another agreement",
        "06-01 09:00 start city normal; 06-01 09:30 pause weather; 06-01 10:00 agreement calm",
        "06-01 11:00",
        "state=paused, used=1h, paused=1h",
    ),
    ("a priority with hours of its own runs on Saturday", "06-06 10:00 start two urgent", "06-06 10:30", "due=06-06 11:00, used=30m"),
    ("its sister waits for Monday", "06-06 10:00 start two normal", "06-06 10:30", "due=06-08 14:30, used=0"),
    (
        "a raise in the evening switches to round the clock",
        "06-05 17:30 start two normal; 06-05 20:00 priority urgent",
        "06-05 20:00",
        "due=06-05 20:30, used=30m",
    ),
];

const ENDS: &[Row] = &[
    (
        "stopped in time",
        "06-01 09:00 start city urgent; 06-01 09:40 stop",
        "06-01 18:00",
        "met=yes, due=06-01 10:00, left=20m, level=met, breach=-",
    ),
    (
        "exactly at the due instant is met",
        "06-01 09:00 start city urgent; 06-01 10:00 stop",
        "06-01 11:00",
        "met=yes, due=06-01 10:00, breach=-",
    ),
    (
        "a second later is missed",
        "06-01 09:00 start city urgent; 06-01 10:00:01 stop",
        "06-01 11:00",
        "met=no, breach=1@06-01 10:00, level=missed, left=-1s",
    ),
    (
        "used up at closing, stopped at lunch: missed",
        "06-01 11:00 start city urgent; 06-01 12:30 stop",
        "06-01 13:00",
        "met=no, due=06-01 12:00, breach=1@06-01 12:00, left=0",
    ),
    (
        "asked at the due instant it is not breached yet",
        "06-01 09:00 start city urgent",
        "06-01 10:00",
        "due=06-01 10:00, breach=-, left=0, level=late, wake=06-01 10:00",
    ),
    ("a second later it is", "06-01 09:00 start city urgent", "06-01 10:00:01", "due=06-01 10:00, breach=1@06-01 10:00, wake=-"),
    (
        "cancelled at the due instant",
        "06-01 09:00 start city urgent; 06-01 10:00 cancel",
        "06-01 11:00",
        "due=-, breach=-, met=-, level=void",
    ),
    (
        "void for good",
        "06-01 09:00 start city urgent; 06-01 09:30 cancel; 06-01 09:40 reopen; 06-01 09:50 stop",
        "06-01 11:00",
        "state=cancelled, left=30m, met=-, seg=run 09:00-09:30",
    ),
    (
        "a breach survives the cancellation",
        "06-01 09:00 start city urgent; 06-01 10:30 cancel",
        "06-01 11:00",
        "breach=1@06-01 10:00, due=-",
    ),
    (
        "reopened: the same cycle goes on, the time between is neither",
        "06-01 09:00 start city normal; 06-01 10:00 stop; 06-01 11:00 reopen",
        "06-01 11:30",
        "due=06-01 15:30, used=1h30m, cycle=1, paused=0, seg=run 09:00-10:00 + stopped 10:00-11:00 + run 11:00-11:30",
    ),
    (
        "reopened: a new cycle from zero",
        "06-01 09:00 start again urgent; 06-01 09:40 stop; 06-01 11:00 reopen",
        "06-01 11:30",
        "due=06-01 12:00, used=30m, cycle=2, warn=50@06-01 09:30",
    ),
    (
        "an old breach stays, met speaks of the last cycle",
        "06-01 09:00 start again urgent; 06-01 10:30 stop; 06-01 11:00 reopen; 06-01 11:20 stop",
        "06-01 11:30",
        "breach=1@06-01 10:00, met=yes, cycle=2",
    ),
    (
        "a stop ends every reason",
        "06-01 09:00 start city normal; 06-01 09:30 pause waiting_parts; 06-01 10:00 stop; 06-01 10:30 reopen",
        "06-01 11:00",
        "state=running, used=1h, paused=30m",
    ),
    (
        "no pause while stopped",
        "06-01 09:00 start city normal; 06-01 10:00 stop; 06-01 10:10 pause waiting_parts; 06-01 10:30 reopen",
        "06-01 11:00",
        "state=running, used=1h30m, paused=0",
    ),
    (
        "a second stop changes nothing",
        "06-01 09:00 start city urgent; 06-01 09:30 stop; 06-01 11:00 stop",
        "06-01 12:00",
        "met=yes, left=30m",
    ),
    ("reopening what runs changes nothing", "06-01 09:00 start again urgent; 06-01 09:30 reopen", "06-01 09:45", "cycle=1, used=45m"),
    (
        "a change while stopped waits",
        "06-01 09:00 start city normal; 06-01 10:00 stop; 06-01 10:30 priority urgent",
        "06-01 11:00",
        "target=4h, due=06-01 14:30, met=yes",
    ),
    (
        "and comes with the reopening",
        "06-01 09:00 start city normal; 06-01 10:00 stop; 06-01 10:30 priority urgent; 06-01 11:00 reopen",
        "06-01 11:10",
        "target=1h, due=06-01 11:00, breach=1@06-01 11:00",
    ),
    (
        "stopped while held: due as if nothing held",
        "06-01 09:00 start city normal; 06-01 10:00 pause waiting_parts; 06-01 11:00 stop",
        "06-01 12:00",
        "due=06-01 15:30, met=yes, paused=1h, used=1h",
    ),
    (
        "stopped at the due instant, reopened: due again at the reopening",
        "06-01 09:00 start city urgent; 06-01 10:00 stop; 06-01 11:00 reopen",
        "06-01 11:30",
        "due=06-01 11:00, breach=1@06-01 11:00",
    ),
    (
        "stopped and reopened at one instant: nothing, or a new cycle",
        "06-01 09:00 start again urgent; 06-01 10:00 stop; 06-01 10:00 reopen",
        "06-01 10:30",
        "cycle=2, used=30m, breach=-, due=06-01 11:00",
    ),
];

const STARTS: &[Row] = &[
    (
        "the first contact starts the clock",
        "06-01 11:00 start city urgent 06-01 09:30",
        "06-01 11:00",
        "due=06-01 10:30, breach=1@06-01 10:30",
    ),
    (
        "an earlier contact found later",
        "06-01 11:00 start city urgent; 06-01 11:10 merge mail 06-01 10:30",
        "06-01 11:10",
        "due=06-01 11:30, used=40m, warn=50@06-01 11:00",
    ),
    (
        "a later contact changes nothing",
        "06-01 11:00 start city urgent; 06-01 11:10 merge mail 06-01 11:05",
        "06-01 11:10",
        "due=06-01 12:00",
    ),
    (
        "detached again, the start comes back",
        "06-01 11:00 start city urgent; 06-01 11:10 merge mail 06-01 10:30; 06-01 11:20 unmerge mail",
        "06-01 11:30",
        "due=06-01 12:00, used=30m",
    ),
    (
        "of two contacts the earlier one left counts",
        "06-01 11:00 start city urgent; 06-01 11:10 merge a 06-01 10:00; 06-01 11:11 merge b 06-01 10:40; 06-01 11:20 unmerge a",
        "06-01 11:30",
        "due=06-01 11:40, used=50m",
    ),
    (
        "attached after the stop: late at the true instant",
        "06-01 10:00 start city urgent; 06-01 10:50 stop; 06-01 10:55 merge mail 06-01 09:00",
        "06-01 11:00",
        "due=06-01 10:00, breach=1@06-01 10:00, met=no",
    ),
    (
        "attached after the cancellation: no effect",
        "06-01 10:00 start city urgent; 06-01 10:30 cancel; 06-01 10:55 merge mail 06-01 09:00",
        "06-01 11:00",
        "breach=-, left=30m",
    ),
];

const ORDERS: &[Row] = &[
    (
        "what is ordered has its own length on its own hours",
        "06-01 09:00 start city urgent; 06-01 09:00 order 259200 round",
        "06-01 09:00",
        "target=72h, due=06-04 09:00, used=0",
    ),
    (
        "two working days of 7.5 h over a weekend",
        "06-05 17:00 start city low; 06-05 17:00 order 54000 city",
        "06-05 17:00",
        "target=15h, due=06-09 17:00",
    ),
    (
        "ordered a little later: what was used on the agreement's hours stays used",
        "06-01 09:00 start city low; 06-01 09:10 order 259200 round",
        "06-01 09:10",
        "used=10m, due=06-04 09:00",
    ),
    (
        "no priority changes it",
        "06-01 09:00 start city low; 06-01 09:00 order 259200 round; 06-01 10:00 priority urgent",
        "06-01 12:00",
        "target=72h, due=06-04 09:00, used=3h, breach=-",
    ),
    (
        "the agreement's reasons hold it",
        "06-01 09:00 start city low; 06-01 09:00 order 259200 round; 06-01 10:00 pause waiting_merchant; 06-01 22:00 resume *",
        "06-01 23:00",
        "due=06-04 21:00, paused=12h",
    ),
    (
        "a repair after all: the agreement's target again, what was used stays used",
        "06-01 09:00 start city low; 06-01 09:00 order 259200 round; 06-01 10:00 unorder",
        "06-01 10:00",
        "target=8h, due=06-02 09:30, used=1h",
    ),
    (
        "ordered while it was stopped: holds from the reopening",
        "06-01 09:00 start city urgent; 06-01 09:30 stop; 06-01 10:00 order 36000 round; 06-01 11:00 reopen",
        "06-01 11:00",
        "target=10h, due=06-01 20:30",
    ),
    (
        "ordered when it was late: no longer late, but it was",
        "06-01 09:00 start city urgent; 06-01 11:00 order 259200 round",
        "06-01 12:00",
        "due=06-04 09:00, breach=1@06-01 10:00, level=ok",
    ),
    (
        "something else was ordered instead",
        "06-01 09:00 start city low; 06-01 09:00 order 259200 round; 06-01 10:00 order 54000 city",
        "06-01 10:00",
        "target=15h, due=06-02 18:00",
    ),
];

const WARNINGS: &[Row] = &[
    (
        "thresholds are business time",
        "06-01 11:00 start city normal",
        "06-01 15:31",
        "warn=50@06-01 14:30 + 75@06-01 15:30, level=tight, wake=06-01 16:30",
    ),
    (
        "a threshold at closing is reached at closing",
        "06-01 10:00 start city normal",
        "06-01 13:00",
        "warn=50@06-01 12:00, wake=06-01 14:30",
    ),
    (
        "fractions of a second round up: 300.5 and 450.75 s",
        "06-01 09:00 start odd normal",
        "06-01 10:00",
        "warn=50@06-01 09:05:01 + 75@06-01 09:07:31 + 100@06-01 09:10:01",
    ),
    (
        "a raise can reach several at once",
        "06-01 09:00 start city low; 06-01 10:30 priority urgent",
        "06-01 11:00",
        "warn=50@06-01 10:30 + 75@06-01 10:30 + 100@06-01 10:30",
    ),
    (
        "each once per cycle, whatever the target becomes",
        "06-01 09:00 start city urgent; 06-01 09:50 priority low; 06-01 09:55 priority urgent",
        "06-01 10:01",
        "warn=50@06-01 09:30 + 75@06-01 09:45 + 100@06-01 10:00",
    ),
    (
        "while held only a re-targeting reaches one",
        "06-01 09:00 start city low; 06-01 09:40 pause waiting_parts; 06-01 09:50 priority urgent",
        "06-01 11:00",
        "warn=50@06-01 09:50, due=-",
    ),
    (
        "asked at the threshold it is not reached yet",
        "06-01 09:00 start city urgent",
        "06-01 09:30",
        "warn=-, wake=06-01 09:30, level=half",
    ),
    ("a stop at the threshold keeps it from firing", "06-01 09:00 start city urgent; 06-01 09:30 stop", "06-01 11:00", "warn=-, met=yes"),
];

pub(super) const TABLE: &[&[Row]] = &[CALENDAR, PAUSES, TARGETS, ENDS, STARTS, ORDERS, WARNINGS];
