//! VRPLIB text (`.vrp`) with the DIMACS distance convention: `d = floor(10 x Euclid)`, every time times ten, only distance counts.
//!
//! Explicit matrices (ORTEC-like instances) are taken as they stand, without the factor of ten.

use crate::model::{BadInput, Engineer, Job, MAX_PLACES, MAX_TIME, Objective, Problem, Travel, bad};

#[derive(Default)]
struct Text {
    dimension: usize,
    vehicles: Option<usize>,
    capacity: Option<i64>,
    service: f64,
    kind: String,
    coords: Vec<Option<(f64, f64)>>,
    demand: Vec<i64>,
    windows: Vec<Option<(f64, f64)>>,
    services: Vec<Option<f64>>,
    matrix: Vec<u32>,
    depot: usize,
}

fn number(line: usize, field: &'static str, word: Option<&str>) -> Result<f64, BadInput> {
    let Some(word) = word else { return bad(format!("line {line}"), field, "a number is missing") };
    match word.parse::<f64>() {
        Ok(v) if v.is_finite() && v.abs() <= MAX_TIME as f64 => Ok(v),
        _ => bad(format!("line {line}"), field, format!("'{word}' is not a number in range")),
    }
}

fn index(line: usize, field: &'static str, word: Option<&str>, text: &Text) -> Result<usize, BadInput> {
    let v = number(line, field, word)?;
    if v.fract() != 0.0 || v < 1.0 || v > text.dimension as f64 {
        return bad(format!("line {line}"), field, format!("node {v} is not in 1..={}", text.dimension));
    }
    Ok(v as usize - 1)
}

fn whole(line: usize, field: &'static str, word: Option<&str>) -> Result<i64, BadInput> {
    let v = number(line, field, word)?;
    if v.fract() != 0.0 || v < 0.0 {
        return bad(format!("line {line}"), field, format!("{v} is not a whole number of 0 or more"));
    }
    Ok(v as i64)
}

fn header(text: &mut Text, line: usize, key: &str, value: &str) -> Result<(), BadInput> {
    match key {
        "DIMENSION" => {
            let n = whole(line, "DIMENSION", Some(value))? as usize;
            if n == 0 || n > MAX_PLACES {
                return bad(format!("line {line}"), "DIMENSION", format!("{n} is not in 1..={MAX_PLACES}"));
            }
            text.dimension = n;
            text.coords = vec![None; n];
            text.demand = vec![0; n];
            text.windows = vec![None; n];
            text.services = vec![None; n];
        }
        "VEHICLES" => text.vehicles = Some(whole(line, "VEHICLES", Some(value))? as usize),
        "CAPACITY" => text.capacity = Some(whole(line, "CAPACITY", Some(value))?),
        "SERVICE_TIME" => text.service = number(line, "SERVICE_TIME", Some(value))?,
        "EDGE_WEIGHT_TYPE" => text.kind = value.to_string(),
        "EDGE_WEIGHT_FORMAT" if value != "FULL_MATRIX" => {
            return bad(format!("line {line}"), "EDGE_WEIGHT_FORMAT", format!("'{value}' is not FULL_MATRIX"));
        }
        _ => {}
    }
    Ok(())
}

fn row(text: &mut Text, section: &str, line: usize, raw: &str) -> Result<(), BadInput> {
    let mut words = raw.split_whitespace();
    match section {
        "NODE_COORD_SECTION" => {
            let i = index(line, "NODE_COORD_SECTION", words.next(), text)?;
            let x = number(line, "NODE_COORD_SECTION", words.next())?;
            let y = number(line, "NODE_COORD_SECTION", words.next())?;
            if text.coords[i].replace((x, y)).is_some() {
                return bad(format!("job {}", i + 1), "NODE_COORD_SECTION", "is given twice");
            }
        }
        "DEMAND_SECTION" => {
            let i = index(line, "DEMAND_SECTION", words.next(), text)?;
            text.demand[i] = whole(line, "DEMAND_SECTION", words.next())?;
        }
        "TIME_WINDOW_SECTION" => {
            let i = index(line, "TIME_WINDOW_SECTION", words.next(), text)?;
            let a = number(line, "TIME_WINDOW_SECTION", words.next())?;
            let b = number(line, "TIME_WINDOW_SECTION", words.next())?;
            text.windows[i] = Some((a, b));
        }
        "SERVICE_TIME_SECTION" => {
            let i = index(line, "SERVICE_TIME_SECTION", words.next(), text)?;
            text.services[i] = Some(number(line, "SERVICE_TIME_SECTION", words.next())?);
        }
        "EDGE_WEIGHT_SECTION" => {
            for word in words {
                text.matrix.push(whole(line, "EDGE_WEIGHT_SECTION", Some(word))? as u32);
            }
            if text.matrix.len() > text.dimension * text.dimension {
                return bad("travel", "EDGE_WEIGHT_SECTION", "more values than DIMENSION squared");
            }
        }
        "DEPOT_SECTION" if raw.trim() != "-1" => text.depot = index(line, "DEPOT_SECTION", words.next(), text)?,
        _ => {}
    }
    Ok(())
}

fn read(input: &str) -> Result<Text, BadInput> {
    let mut text = Text::default();
    let mut section = String::new();
    for (at, raw) in input.lines().enumerate() {
        let line = at + 1;
        let trimmed = raw.trim();
        if trimmed == "EOF" {
            break;
        }
        if trimmed.is_empty() {
            continue;
        }
        if let Some((key, value)) = trimmed.split_once(':') {
            header(&mut text, line, key.trim(), value.trim())?;
        } else if trimmed.ends_with("_SECTION") {
            if text.dimension == 0 {
                return bad(format!("line {line}"), "DIMENSION", "is missing before the first section");
            }
            section = trimmed.to_string();
        } else {
            row(&mut text, &section, line, trimmed)?;
        }
    }
    if text.dimension == 0 { bad("file", "DIMENSION", "is missing") } else { Ok(text) }
}

fn matrix(text: &Text) -> Result<(Vec<u32>, i64), BadInput> {
    let n = text.dimension;
    if text.kind == "EXPLICIT" {
        if text.matrix.len() != n * n {
            return bad("travel", "EDGE_WEIGHT_SECTION", format!("{} values do not make a {n} x {n} matrix", text.matrix.len()));
        }
        return Ok((text.matrix.clone(), 1));
    }
    if text.kind != "EUC_2D" && !text.kind.is_empty() {
        return bad("travel", "EDGE_WEIGHT_TYPE", format!("'{}' is neither EUC_2D nor EXPLICIT", text.kind));
    }
    let mut points = Vec::with_capacity(n);
    for (i, c) in text.coords.iter().enumerate() {
        let Some(c) = c else { return bad(format!("job {}", i + 1), "NODE_COORD_SECTION", "has no coordinates") };
        if c.0.abs() > 1e6 || c.1.abs() > 1e6 {
            return bad(format!("job {}", i + 1), "NODE_COORD_SECTION", "lies more than a million units away");
        }
        points.push(*c);
    }
    let mut out = Vec::with_capacity(n * n);
    for a in &points {
        out.extend(points.iter().map(|b| (10.0 * ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()).floor() as u32));
    }
    Ok((out, 10))
}

/// Reads one instance. Jobs carry their VRPLIB customer number minus one (the depot is 0), as `.sol` files do.
///
/// # Errors
/// The first line or job that makes no sense.
pub fn parse(input: &str) -> Result<Problem, BadInput> {
    let text = read(input)?;
    let (seconds, unit) = matrix(&text)?;
    let n = text.dimension;
    let longest = i64::from(seconds.iter().copied().max().unwrap_or(0));
    let clock = |i: usize, field: &'static str, v: f64| -> Result<i64, BadInput> {
        let v = v * unit as f64;
        if v < 0.0 || v > MAX_TIME as f64 {
            return bad(format!("job {i}"), field, format!("time {v} is negative or out of range"));
        }
        Ok(v.round() as i64)
    };
    let mut jobs = Vec::with_capacity(n.saturating_sub(1));
    let mut horizon = MAX_TIME / 4;
    if let Some((_, close)) = text.windows[text.depot] {
        horizon = clock(text.depot, "TIME_WINDOW_SECTION", close)?;
    }
    for i in (0..n).filter(|i| *i != text.depot) {
        let (open, close) = text.windows[i].unwrap_or((0.0, horizon as f64 / unit as f64));
        jobs.push(Job {
            id: i.to_string(),
            place: i,
            service: clock(i, "SERVICE_TIME_SECTION", text.services[i].unwrap_or(text.service))?,
            windows: vec![(clock(i, "TIME_WINDOW_SECTION", open)?, clock(i, "TIME_WINDOW_SECTION", close)?)],
            demand: text.demand[i],
            unserved: (longest * 20 + 1000).min(crate::model::MAX_PRICE),
            ..Job::default()
        });
    }
    let capacity = text.capacity.unwrap_or(i64::MAX / 4);
    let vehicles = text.vehicles.unwrap_or(jobs.len()).min(jobs.len().max(1));
    let engineers = (0..vehicles)
        .map(|e| Engineer {
            id: (e + 1).to_string(),
            start: text.depot,
            end: Some(text.depot),
            shift: (0, horizon),
            speed_permille: 1000,
            max_jobs: usize::MAX,
            capacity,
            ..Engineer::default()
        })
        .collect();
    let problem = Problem {
        jobs,
        engineers,
        travel: Travel { places: n, seconds, ..Travel::default() },
        objective: Objective::Distance,
        ..Problem::default()
    };
    problem.validate()?;
    Ok(problem)
}
