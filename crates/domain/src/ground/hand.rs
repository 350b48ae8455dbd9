use std::collections::BTreeSet;

use super::Refusal;
use crate::refuse;

/// Most points of a signature.
const MAX_POINTS: usize = 20_000;
/// Least points of a signature that differ, and least length of its lines, in pixels of the pad: the pad of a narrow phone is 320 across, and
/// who writes a name draws more than an eighth of it. A dot is nobody's name.
const LEAST_POINTS: usize = 4;
const LEAST_LENGTH: f64 = 40.0;

/// Whether lines of points are somebody's hand. Errors: `visit.signature_empty`, `visit.signature_large`, `visit.signature_small`.
pub fn signed(strokes: &[Vec<(i32, i32)>], field: &'static str) -> Result<(), Refusal> {
    let points: usize = strokes.iter().map(Vec::len).sum();
    if points < 2 {
        return Err(refuse!(Invalid, "visit.signature_empty").field(field));
    }
    if points > MAX_POINTS {
        return Err(refuse!(TooLarge, "visit.signature_large").field(field));
    }
    if !drawn(strokes) {
        return Err(refuse!(Invalid, "visit.signature_small").field(field));
    }
    Ok(())
}

/// Whether lines are long enough to be somebody's hand.
fn drawn(strokes: &[Vec<(i32, i32)>]) -> bool {
    let points: BTreeSet<&(i32, i32)> = strokes.iter().flatten().collect();
    let step = |pair: &[(i32, i32)]| match pair {
        [(x, y), (to_x, to_y)] => f64::hypot(f64::from(*to_x) - f64::from(*x), f64::from(*to_y) - f64::from(*y)),
        _ => 0.0,
    };
    let length: f64 = strokes.iter().flat_map(|stroke| stroke.windows(2)).map(step).sum();
    points.len() >= LEAST_POINTS && length >= LEAST_LENGTH
}
