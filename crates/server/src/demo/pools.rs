//! What invented names are made of, from `data/demo/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ground::db::DbError;

#[derive(Debug, Deserialize)]
pub(super) struct Acquirer {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct District {
    pub name: String,
    pub agreement: String,
    pub lat: f64,
    pub lng: f64,
    pub streets: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Industry {
    pub name: String,
    pub weight: u64,
    pub front: Vec<String>,
    pub back: Vec<String>,
    pub hours: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Comments {
    pub good: Vec<String>,
    pub fair: Vec<String>,
    pub bad: Vec<String>,
}

/// Pools of names, places and words.
#[derive(Debug, Deserialize)]
pub(super) struct Pools {
    pub acquirers: Vec<Acquirer>,
    pub districts: Vec<District>,
    pub industries: Vec<Industry>,
    /// Opening hours by name: weekdays as `1-5`, then intervals.
    pub hours: BTreeMap<String, BTreeMap<String, Vec<[String; 2]>>>,
    pub surnames: String,
    pub given: Vec<String>,
    pub duties: Vec<String>,
    pub models: Vec<(String, u64)>,
    pub comments: Comments,
}

#[derive(Debug, Deserialize)]
pub(super) struct Trouble {
    pub fault: String,
    pub weight: u64,
    pub words: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Troubles {
    troubles: Vec<Trouble>,
}

/// Reads the pools.
pub(super) fn read() -> Result<(Pools, Vec<Trouble>), DbError> {
    let wrong = |file: &str, e: serde_json::Error| DbError::Other(format!("data/demo/{file}: {e}"));
    let pools = serde_json::from_str(include_str!("../../../../data/demo/pools.json")).map_err(|e| wrong("pools.json", e))?;
    let troubles: Troubles =
        serde_json::from_str(include_str!("../../../../data/demo/troubles.json")).map_err(|e| wrong("troubles.json", e))?;
    Ok((pools, troubles.troubles))
}
