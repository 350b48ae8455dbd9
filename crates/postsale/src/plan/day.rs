//! The POS-day JSON and how it becomes a planning problem. Times are seconds from 00:00, money is fen, places are metres.

use std::collections::{BTreeMap, HashMap};

use postsale_planner::model::{BadInput, Break, MAX_PLACES, MAX_TIME, bad};
use postsale_planner::{Engineer, Job, Objective, Prices, Problem, Travel};
use serde_json::Value;

/// How much of the file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Model {
    /// What every engine can model: travel seconds plus unserved prices.
    Lite,
    /// Everything in the file, in fen.
    Full,
}

/// A problem together with the names of the file, to write them back as they were.
#[derive(Debug)]
pub struct Named {
    pub problem: Problem,
    pub jobs: Vec<Value>,
    pub engineers: Vec<Value>,
    /// When each job became known (seconds); 0 for the morning.
    pub released: Vec<i64>,
    /// Jobs that the file says must be done today. A mark for people: what leaving them costs is in their price.
    pub must_today: Vec<bool>,
    /// Minutes before a start in which it no longer moves.
    pub frozen_minutes: i64,
}

impl Named {
    /// The job with this name.
    pub fn find(&self, id: &str) -> Result<usize, BadInput> {
        let at = self.problem.jobs.iter().position(|j| j.id == id);
        at.map_or_else(|| bad(format!("job {id}"), "id", "is not in the day"), Ok)
    }
}

const DAY: i64 = 86_400;
/// The one model of travel that a day may name.
const TRAVEL: &str = "manhattan-blend";
/// Skills that a day may ask for although nobody on shift has them today.
const KNOWN_SKILLS: [&str; 6] = ["install", "swap", "network", "printer", "pinpad", "unattended"];

/// A name: words or a whole number. A fraction does not read back to the last digit, so it would name somebody else.
fn name(who: &str, v: &Value) -> Result<String, BadInput> {
    match v {
        Value::String(text) => Ok(text.clone()),
        Value::Number(n) if !n.is_f64() => Ok(n.to_string()),
        _ => bad(who, "id", format!("{v} is not a name or a whole number")),
    }
}

fn int(who: &str, field: &'static str, v: &Value) -> Result<i64, BadInput> {
    if let Some(i) = v.as_i64() {
        return if (-MAX_TIME..=MAX_TIME).contains(&i) { Ok(i) } else { bad(who, field, format!("{i} is out of range")) };
    }
    match v.as_f64() {
        Some(f) if f.is_finite() && f.abs() <= MAX_TIME as f64 => Ok(f.round() as i64),
        _ => bad(who, field, format!("{v} is not a number in range")),
    }
}

fn need<'a>(who: &str, v: &'a Value, field: &'static str) -> Result<&'a Value, BadInput> {
    match v.get(field) {
        Some(x) if !x.is_null() => Ok(x),
        _ => bad(who, field, "is missing"),
    }
}

fn int_or(who: &str, v: &Value, field: &'static str, default: i64) -> Result<i64, BadInput> {
    v.get(field).filter(|x| !x.is_null()).map_or(Ok(default), |x| int(who, field, x))
}

fn list<'a>(who: &str, field: &'static str, v: &'a Value) -> Result<&'a Vec<Value>, BadInput> {
    v.as_array().map_or_else(|| bad(who, field, "is not a list"), Ok)
}

fn pair(who: &str, field: &'static str, v: &Value) -> Result<(i64, i64), BadInput> {
    match v.as_array().map(Vec::as_slice) {
        Some([a, b]) => Ok((int(who, field, a)?, int(who, field, b)?)),
        _ => bad(who, field, "is not a pair [from, to]"),
    }
}

/// A window of the day: inside 00:00 to 24:00, not backwards.
fn window(who: &str, field: &'static str, v: &Value) -> Result<(i64, i64), BadInput> {
    let (a, b) = pair(who, field, v)?;
    if a < 0 {
        return bad(who, field, format!("begins before the day, at {a}"));
    }
    if b > DAY {
        return bad(who, field, format!("ends after midnight, at {b}"));
    }
    if a > b {
        return bad(who, field, format!("ends at {b} before it begins at {a}"));
    }
    Ok((a, b))
}

fn point(who: &str, field: &'static str, v: &Value) -> Result<(i64, i64), BadInput> {
    let mut out = [0; 2];
    for (slot, axis) in out.iter_mut().zip(["x", "y"]) {
        let x = v.get(axis).and_then(Value::as_f64).filter(|x| x.is_finite() && x.abs() <= 10_000_000.0);
        let Some(x) = x else { return bad(who, field, format!("{axis} is missing or not a number within 10,000 km")) };
        *slot = (x * 10.0).round() as i64;
    }
    Ok((out[0], out[1]))
}

/// Places by coordinates: two jobs at one address are one place and pay no parking twice.
#[derive(Default)]
struct Places {
    at: HashMap<(i64, i64), usize>,
    points: Vec<(i64, i64)>,
}

impl Places {
    fn of(&mut self, p: (i64, i64)) -> usize {
        *self.at.entry(p).or_insert_with(|| {
            self.points.push(p);
            self.points.len() - 1
        })
    }

    /// Manhattan blend: 3 minutes to park, 1.3 x Euclid, 6.5 m/s for the first 5 km and 12 m/s beyond. Fractions round up.
    fn travel(&self, model: Model) -> Travel {
        let n = self.points.len();
        let mut t = Travel { places: n, seconds: Vec::with_capacity(n * n), ..Travel::default() };
        for a in &self.points {
            for b in &self.points {
                let metres = 0.13 * (((a.0 - b.0) as f64).powi(2) + ((a.1 - b.1) as f64).powi(2)).sqrt();
                let park = if a == b { 0.0 } else { 180.0 };
                let seconds = park + metres.min(5000.0) / 6.5 + (metres - 5000.0).max(0.0) / 12.0;
                t.seconds.push((seconds - 1e-9).ceil().max(0.0) as u32);
                if model == Model::Full {
                    t.metres.push(metres.round() as u32);
                }
            }
        }
        if model == Model::Full {
            t.rush = vec![(-MAX_TIME, 900), (7 * 3600, 1350), (9 * 3600, 1000), (16 * 3600, 1400), (19 * 3600, 900)];
        }
        t
    }
}

/// Names that become numbers: skills and kinds of parts.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn of(&mut self, s: &str) -> usize {
        let n = self.0.len();
        *self.0.entry(s.to_string()).or_insert(n)
    }
}

/// A depot and when it can be entered and left.
struct Depot {
    id: String,
    at: usize,
    open: (i64, i64),
}

struct Reader {
    model: Model,
    depots: Vec<Depot>,
    places: Places,
    skills: Names,
    parts: Names,
}

impl Reader {
    fn skills(&mut self, who: &str, v: &Value) -> Result<u64, BadInput> {
        let mut bits = 0;
        let Some(v) = v.get("skills") else { return Ok(0) };
        for s in list(who, "skills", v)? {
            let Some(s) = s.as_str() else { return bad(who, "skills", format!("{s} is not a name")) };
            let bit = self.skills.of(s);
            if bit >= 64 {
                return bad(who, "skills", "more than 64 different skills");
            }
            bits |= 1 << bit;
        }
        Ok(bits)
    }

    fn parts(&mut self, who: &str, v: &Value) -> Result<Vec<(usize, u32)>, BadInput> {
        let Some(v) = v.get("parts") else { return Ok(Vec::new()) };
        let Some(map) = v.as_object() else { return bad(who, "parts", "is not a map of part to quantity") };
        let mut out = Vec::new();
        for (kind, n) in map {
            let n = int(who, "parts", n)?;
            if !(0..=1_000_000).contains(&n) {
                return bad(who, "parts", format!("quantity {n} of {kind} is negative or too high"));
            }
            if n > 0 {
                out.push((self.parts.of(kind), n as u32));
            }
        }
        Ok(out)
    }

    fn depot(&mut self, v: &Value) -> Result<(), BadInput> {
        let id = name("depot", need("depot", v, "id")?)?;
        let who = format!("depot {id}");
        if self.depots.iter().any(|d| d.id == id) {
            return bad(who, "id", "is used twice");
        }
        let at = self.places.of(point(&who, "place", v)?);
        let open = v.get("open").filter(|o| !o.is_null()).map_or(Ok((0, DAY)), |o| window(&who, "open", o))?;
        self.depots.push(Depot { id, at, open });
        Ok(())
    }

    /// Whoever starts or ends at a depot does so while it is open.
    fn at_depot(&self, who: &str, v: &Value, out: &mut Engineer) -> Result<(), BadInput> {
        let Some(id) = v.get("depot").filter(|d| !d.is_null()).map(|d| name("engineer", d)).transpose()? else { return Ok(()) };
        let Some(depot) = self.depots.iter().find(|d| d.id == id) else { return bad(who, "depot", format!("there is no depot {id}")) };
        if out.start == depot.at {
            out.shift.0 = out.shift.0.max(depot.open.0);
        }
        if out.end == Some(depot.at) {
            out.shift.1 = out.shift.1.min(depot.open.1);
            out.max_overtime = out.max_overtime.min(depot.open.1 - out.shift.1).max(0);
        }
        if out.shift.0 > out.shift.1 {
            return bad(who, "depot", format!("depot {id} is closed for the whole shift"));
        }
        Ok(())
    }

    fn engineer(&mut self, v: &Value) -> Result<Engineer, BadInput> {
        let id = name("engineer", need("engineer", v, "id")?)?;
        let who = format!("engineer {id}");
        let start = self.places.of(point(&who, "start", need(&who, v, "start")?)?);
        let full = self.model == Model::Full;
        let end = match v.get("end") {
            Some(Value::String(s)) if s == "open" && full => None,
            None | Some(Value::String(_) | Value::Null) => Some(start),
            Some(at) => Some(self.places.of(point(&who, "end", at)?)),
        };
        let factor = v.get("speed_factor").map_or(Some(1.0), Value::as_f64).filter(|f| (0.001..=100.0).contains(f));
        let Some(factor) = factor else { return bad(who, "speed_factor", "is not a number in 0.001..=100") };
        let max_jobs = int_or(&who, v, "max_jobs", 100_000)?;
        if max_jobs < 0 {
            return bad(who, "max_jobs", "is negative");
        }
        let skills = self.skills(&who, v)?;
        let shift = window(&who, "shift", need(&who, v, "shift")?)?;
        let mut out = Engineer {
            id,
            start,
            end,
            shift,
            speed_permille: 1000,
            skills,
            max_jobs: max_jobs as usize,
            capacity: i64::MAX / 4,
            ..Engineer::default()
        };
        if !full {
            return Ok(out);
        }
        out.speed_permille = (factor * 1000.0).round() as u32;
        out.max_overtime = int_or(&who, v, "max_overtime", 0)?;
        self.at_depot(&who, v, &mut out)?;
        out.overtime_per_hour = int_or(&who, v, "overtime_cents_per_h", 0)?;
        out.per_hour = int_or(&who, v, "cost_cents_per_h", 0)?;
        out.per_km = int_or(&who, v, "cost_cents_per_km", 0)?;
        out.fixed = int_or(&who, v, "fixed_cents", 0)?;
        out.territories = Some(int_or(&who, v, "territory", -1)?).filter(|t| *t >= 0).into_iter().collect();
        if let Some(b) = v.get("break").filter(|b| !b.is_null()) {
            if b.get("hard").is_some_and(|h| *h != Value::Bool(true)) {
                return bad(who, "break", "only a hard break is known");
            }
            let (open, close) = window(&who, "break", need(&who, b, "window")?)?;
            out.rest = Some(Break { duration: int(&who, "break", need(&who, b, "duration")?)?, open, close });
        }
        let stock = self.parts(&who, v)?;
        for (kind, n) in stock {
            if out.stock.len() <= kind {
                out.stock.resize(kind + 1, 0);
            }
            out.stock[kind] = n;
        }
        Ok(out)
    }

    fn job(&mut self, v: &Value, engineers: &[Engineer]) -> Result<(Job, i64), BadInput> {
        let id = name("job", need("job", v, "id")?)?;
        let who = format!("job {id}");
        let place = self.places.of(point(&who, "place", v)?);
        let service = int(&who, "service", need(&who, v, "service")?)?;
        if service < 0 {
            return bad(who, "service", format!("is negative: {service}"));
        }
        let mut windows = Vec::new();
        for w in list(&who, "windows", need(&who, v, "windows")?)? {
            windows.push(window(&who, "windows", w)?);
        }
        windows.sort_unstable();
        let Some((first, last)) = windows.first().copied().zip(windows.iter().map(|w| w.1).max()) else {
            return bad(who, "windows", "there is no window");
        };
        let skills = self.skills(&who, v)?;
        for s in v.get("skills").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let bit = 1u64 << self.skills.of(s);
            if !KNOWN_SKILLS.contains(&s) && !engineers.iter().any(|e| e.skills & bit != 0) {
                return bad(who, "skills", format!("nobody knows the skill '{s}'"));
            }
        }
        let released = int_or(&who, v, "released", 0)?;
        let unserved = int(&who, "unserved_cents", need(&who, v, "unserved_cents")?)?;
        let mut out = Job { id, place, service, windows, skills, unserved, ..Job::default() };
        if self.model == Model::Lite {
            out.windows = vec![(first.0, last)];
            return Ok((out, released));
        }
        out.parts = self.parts(&who, v)?;
        out.due = v.get("sla_due").filter(|d| !d.is_null()).map(|d| int(&who, "sla_due", d)).transpose()?;
        out.late_per_minute = int_or(&who, v, "late_cents_per_min", 0)?;
        out.territory = Some(int_or(&who, v, "territory", -1)?).filter(|t| *t >= 0);
        if let Some(told) = v.get("told").filter(|t| !t.is_null()) {
            let whom = name(&who, need(&who, told, "engineer")?)?;
            let Some(engineer) = engineers.iter().position(|e| e.id == whom) else {
                return bad(who, "told", format!("there is no engineer {whom}"));
            };
            out.told = Some((engineer, int(&who, "told", need(&who, told, "start")?)?));
        }
        if let Some(pin) = v.get("pin").filter(|p| !p.is_null()) {
            let pin = name(&who, pin)?;
            out.pin = engineers.iter().position(|e| e.id == pin);
            if out.pin.is_none() {
                return bad(who, "pin", format!("there is no engineer {pin}"));
            }
        }
        Ok((out, released))
    }
}

/// Nobody can serve a job before it is known: its windows begin no earlier than its release.
fn after_release(job: &mut Job, released: i64) {
    for w in &mut job.windows {
        w.0 = w.0.max(released.min(w.1));
    }
    if job.windows.iter().any(|w| w.1 > released) {
        job.windows.retain(|w| w.1 > released);
    }
}

/// Reads a day.
pub fn read(text: &str, model: Model) -> Result<Named, BadInput> {
    let day: Value =
        serde_json::from_str(text).map_err(|e| BadInput { subject: "file".into(), field: "json", reason: format!("is not JSON: {e}") })?;
    let mut reader = Reader { model, depots: Vec::new(), places: Places::default(), skills: Names::default(), parts: Names::default() };
    for s in KNOWN_SKILLS {
        reader.skills.of(s);
    }
    let (jobs, people) = (list("file", "jobs", need("file", &day, "jobs")?)?, list("file", "engineers", need("file", &day, "engineers")?)?);
    if people.is_empty() {
        return bad("plan", "engineers", "there is no engineer");
    }
    if jobs.len() + people.len() > MAX_PLACES {
        return bad("file", "jobs", format!("{} jobs and {} engineers are more than {MAX_PLACES}", jobs.len(), people.len()));
    }
    if let Some(kind) = day.pointer("/travel/model").filter(|m| m.as_str() != Some(TRAVEL)) {
        return bad("travel", "model", format!("{kind} is not '{TRAVEL}'"));
    }
    let mut out = Named {
        problem: Problem::default(),
        jobs: Vec::new(),
        engineers: Vec::new(),
        released: Vec::new(),
        must_today: Vec::new(),
        frozen_minutes: 0,
    };
    if let Some(depots) = day.get("depots").filter(|d| !d.is_null()) {
        for d in list("file", "depots", depots)? {
            reader.depot(d)?;
        }
    }
    for e in people {
        let engineer = reader.engineer(e)?;
        out.problem.engineers.push(engineer);
        out.engineers.push(e.get("id").cloned().unwrap_or_default());
    }
    for j in jobs {
        let (mut job, released) = reader.job(j, &out.problem.engineers)?;
        if model == Model::Full {
            after_release(&mut job, released);
        }
        out.problem.jobs.push(job);
        out.jobs.push(j.get("id").cloned().unwrap_or_default());
        out.released.push(released);
        out.must_today.push(match j.get("must_today") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(must)) => *must,
            Some(other) => {
                return bad(
                    format!("job {}", name("job", &out.jobs[out.jobs.len() - 1])?),
                    "must_today",
                    format!("{other} is not true or false"),
                );
            }
        });
    }
    out.problem.travel = reader.places.travel(model);
    out.problem.objective = if model == Model::Full { Objective::Money } else { Objective::Distance };
    if model == Model::Full {
        let s = day.get("stability").cloned().unwrap_or(Value::Null);
        out.problem.prices = Prices {
            reassign: int_or("file", &s, "reassign_cents", 0)?,
            retime_quarter: int_or("file", &s, "retime_cents_per_15min_after_confirmation", 0)?,
            territory: int_or("file", &day, "territory_cents", 0)?,
        };
        out.frozen_minutes = int_or("file", &s, "frozen_minutes", 0)?;
    }
    out.problem.validate()?;
    Ok(out)
}

/// Reads a `.vrp` file; its numbers are the names.
pub fn read_vrp(text: &str) -> Result<Named, BadInput> {
    let problem = postsale_planner::vrplib::parse(text)?;
    let number = |s: &String| s.parse::<u64>().map_or_else(|_| Value::from(s.clone()), Value::from);
    Ok(Named {
        jobs: problem.jobs.iter().map(|j| number(&j.id)).collect(),
        engineers: problem.engineers.iter().map(|e| number(&e.id)).collect(),
        released: vec![0; problem.jobs.len()],
        must_today: vec![false; problem.jobs.len()],
        frozen_minutes: 0,
        problem,
    })
}
