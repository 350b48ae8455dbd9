//! Refuses input that cannot mean a planning day, naming the thing and the field.

use std::collections::HashSet;

use crate::model::{BadInput, Engineer, Job, MAX_PLACES, MAX_PRICE, MAX_RUSH, MAX_TIME, MAX_WINDOWS, Objective, Problem, bad};

fn time(subject: &str, field: &'static str, value: i64) -> Result<(), BadInput> {
    if (-MAX_TIME..=MAX_TIME).contains(&value) { Ok(()) } else { bad(subject, field, format!("time {value} is out of range")) }
}

fn duration(subject: &str, field: &'static str, value: i64) -> Result<(), BadInput> {
    if (0..=MAX_TIME).contains(&value) { Ok(()) } else { bad(subject, field, format!("duration {value} is negative or too long")) }
}

fn price(subject: &str, field: &'static str, value: i64) -> Result<(), BadInput> {
    if (0..=MAX_PRICE).contains(&value) { Ok(()) } else { bad(subject, field, format!("price {value} is negative or too high")) }
}

fn count(problem: &Problem) -> Result<(), BadInput> {
    if problem.engineers.is_empty() {
        return bad("plan", "engineers", "there is no engineer");
    }
    if problem.jobs.len() > MAX_PLACES {
        return bad("plan", "jobs", format!("{} jobs are more than {MAX_PLACES}", problem.jobs.len()));
    }
    if problem.engineers.len() > MAX_PLACES {
        return bad("plan", "engineers", format!("{} engineers are more than {MAX_PLACES}", problem.engineers.len()));
    }
    Ok(())
}

fn travel(problem: &Problem) -> Result<(), BadInput> {
    let t = &problem.travel;
    if t.places > MAX_PLACES {
        return bad("travel", "places", format!("{} places are more than {MAX_PLACES}", t.places));
    }
    let cells = t.places * t.places;
    if t.seconds.len() != cells {
        return bad("travel", "seconds", format!("{} values do not make a {} x {} matrix", t.seconds.len(), t.places, t.places));
    }
    if !t.metres.is_empty() && t.metres.len() != cells {
        return bad("travel", "metres", format!("{} values do not make a {} x {} matrix", t.metres.len(), t.places, t.places));
    }
    if let Some(at) = t.seconds.iter().position(|v| i64::from(*v) > MAX_TIME) {
        return bad("travel", "seconds", format!("from {} to {} takes {}", at / t.places, at % t.places, t.seconds[at]));
    }
    if let Some(at) = t.metres.iter().position(|v| i64::from(*v) > MAX_TIME) {
        return bad("travel", "metres", format!("from {} to {} is {} m", at / t.places, at % t.places, t.metres[at]));
    }
    if t.rush.len() > MAX_RUSH {
        return bad("travel", "rush", format!("at most {MAX_RUSH} steps"));
    }
    for pair in t.rush.windows(2) {
        if pair[0].0 >= pair[1].0 {
            return bad("travel", "rush", "steps are not in order");
        }
    }
    for (from, permille) in &t.rush {
        time("travel", "rush", *from)?;
        if !(1..=100_000).contains(permille) {
            return bad("travel", "rush", format!("factor {permille} is out of range"));
        }
    }
    Ok(())
}

fn job(problem: &Problem, job: &Job) -> Result<(), BadInput> {
    let who = format!("job {}", job.id);
    if job.place >= problem.travel.places {
        return bad(who, "place", format!("place {} is not in the matrix", job.place));
    }
    duration(&who, "service", job.service)?;
    if job.windows.is_empty() || job.windows.len() > MAX_WINDOWS {
        return bad(who, "windows", format!("{} windows: one to {MAX_WINDOWS} are possible", job.windows.len()));
    }
    let mut last = -MAX_TIME - 1;
    for (open, close) in &job.windows {
        time(&who, "windows", *open)?;
        time(&who, "windows", *close)?;
        if open > close {
            return bad(who, "windows", format!("closes at {close} before it opens at {open}"));
        }
        if *open <= last {
            return bad(who, "windows", "windows overlap or are not in order");
        }
        last = *close;
    }
    if !(0..=MAX_TIME).contains(&job.demand) {
        return bad(who, "demand", format!("demand {} is negative or too high", job.demand));
    }
    price(&who, "unserved", job.unserved)?;
    price(&who, "late_per_minute", job.late_per_minute)?;
    if let Some(due) = job.due {
        time(&who, "due", due)?;
    }
    if let Some((engineer, at)) = job.told {
        time(&who, "told", at)?;
        if engineer >= problem.engineers.len() {
            return bad(who, "told", format!("engineer {engineer} does not exist"));
        }
    }
    if job.pin.is_some_and(|e| e >= problem.engineers.len()) {
        return bad(who, "pin", "the pinned engineer does not exist");
    }
    if let Some((kind, n)) = job.parts.iter().find(|(_, n)| *n == 0 || *n > 1_000_000) {
        return bad(who, "parts", format!("quantity {n} of part {kind} is out of range"));
    }
    Ok(())
}

fn engineer(problem: &Problem, e: &Engineer) -> Result<(), BadInput> {
    let who = format!("engineer {}", e.id);
    if e.start >= problem.travel.places {
        return bad(who, "start", format!("place {} is not in the matrix", e.start));
    }
    if e.end.is_some_and(|p| p >= problem.travel.places) {
        return bad(who, "end", "the place is not in the matrix");
    }
    time(&who, "shift", e.shift.0)?;
    time(&who, "shift", e.shift.1)?;
    if e.shift.0 > e.shift.1 {
        return bad(who, "shift", "ends before it begins");
    }
    duration(&who, "max_overtime", e.max_overtime)?;
    price(&who, "overtime_per_hour", e.overtime_per_hour)?;
    price(&who, "per_hour", e.per_hour)?;
    price(&who, "per_km", e.per_km)?;
    price(&who, "fixed", e.fixed)?;
    if let Some(rest) = e.rest {
        duration(&who, "break", rest.duration)?;
        time(&who, "break", rest.open)?;
        time(&who, "break", rest.close)?;
        if rest.open > rest.close {
            return bad(who, "break", "closes before it opens");
        }
    }
    if !(1..=100_000).contains(&e.speed_permille) {
        return bad(who, "speed_factor", format!("{} thousandths are out of range", e.speed_permille));
    }
    if e.capacity < 0 {
        return bad(who, "capacity", "is negative");
    }
    for (j, at) in &e.frozen {
        time(&who, "frozen", *at)?;
        let Some(job) = problem.jobs.get(*j) else { return bad(who, "frozen", format!("job {j} does not exist")) };
        let pinned_elsewhere = job.pin.is_some_and(|pin| problem.engineers.get(pin).is_none_or(|x| x.id != e.id));
        if job.skills & !e.skills != 0 || pinned_elsewhere {
            return bad(who, "frozen", format!("job {} needs a skill or an engineer that this is not", job.id));
        }
    }
    Ok(())
}

impl Problem {
    /// Is this a day that can be planned?
    ///
    /// # Errors
    /// The first thing found that is not, with its subject and field.
    pub fn validate(&self) -> Result<(), BadInput> {
        count(self)?;
        travel(self)?;
        let mut seen = HashSet::new();
        let mut frozen = HashSet::new();
        for j in &self.jobs {
            job(self, j)?;
            if !seen.insert(j.id.as_str()) {
                return bad(format!("job {}", j.id), "id", "is used twice");
            }
            if self.objective == Objective::Distance && j.windows.len() != 1 {
                return bad(format!("job {}", j.id), "windows", "the distance objective knows one window");
            }
            if self.objective == Objective::Distance && !j.parts.is_empty() {
                return bad(format!("job {}", j.id), "parts", "the distance objective knows no parts");
            }
        }
        seen.clear();
        for e in &self.engineers {
            engineer(self, e)?;
            if !seen.insert(e.id.as_str()) {
                return bad(format!("engineer {}", e.id), "id", "is used twice");
            }
            for (j, _) in &e.frozen {
                if !frozen.insert(*j) {
                    return bad(format!("engineer {}", e.id), "frozen", format!("job {} is frozen twice", self.jobs[*j].id));
                }
            }
        }
        time("plan", "now", self.now)
    }
}
