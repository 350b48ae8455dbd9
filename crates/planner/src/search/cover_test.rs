//! A set partitioning is solved: cheaper, complete, and as cheap as it gets.

use super::*;
use crate::rng::Rng;

/// `rows` rows in `have` columns, and `many` other columns of up to four rows.
fn some(seed: u64, rows: usize, have: usize, many: usize) -> (Vec<Column>, Vec<usize>) {
    let mut rng = Rng::new(seed);
    let mut order: Vec<u8> = (0..rows as u8).collect();
    rng.shuffle(&mut order);
    let cost = |rng: &mut Rng, rows: &[u8]| 40 + 10 * rows.len() as i64 + rng.below(30) as i64;
    let mut columns: Vec<Column> = Vec::new();
    for part in order.chunks(rows.div_ceil(have)) {
        columns.push(Column { cost: cost(&mut rng, part) - 12, rows: part.to_vec() });
    }
    let have = (0..columns.len()).collect();
    for _ in 0..many {
        rng.shuffle(&mut order);
        let part = order[..1 + rng.below(4)].to_vec();
        columns.push(Column { cost: cost(&mut rng, &part), rows: part });
    }
    (columns, have)
}

/// The least cost of at most `most` columns that do all rows from `row` on which are not `done`, by trying everything.
fn least(columns: &[Column], rows: usize, done: u32, most: usize) -> Option<i64> {
    let Some(row) = (0..rows).find(|row| done >> row & 1 == 0) else { return Some(0) };
    let mask = |c: &Column| c.rows().fold(0u32, |mask, row| mask | 1 << row);
    let fits = columns.iter().filter(|c| most > 0 && c.rows().any(|r| r == row) && mask(c) & done == 0);
    fits.filter_map(|c| Some(c.cost + least(columns, rows, done | mask(c), most - 1)?)).min()
}

#[test]
fn what_is_found_does_every_row_once_and_nothing_is_cheaper() {
    let (mut better, mut looks) = (0, 0);
    for seed in 0..60 {
        let (rows, most) = (12, [3, 4, 12][seed as usize % 3]);
        let (columns, have) = some(seed, rows, 4, 60);
        let cost = |chosen: &[usize]| chosen.iter().map(|i| columns[*i].cost).sum::<i64>();
        let (limit, best) = (cost(&have), least(&columns, rows, 0, most));
        let found = cheaper(&columns, rows, most, &have, 1_000_000, &mut looks);
        if let Some(found) = &found {
            let mut done: Vec<usize> = found.iter().flat_map(|i| columns[*i].rows()).collect();
            done.sort_unstable();
            assert_eq!(done, (0..rows).collect::<Vec<_>>(), "seed {seed}");
            assert!(found.len() <= most, "seed {seed}: {} columns, {most} are allowed", found.len());
            better += 1;
        }
        assert_eq!(found.as_deref().map(cost), best.filter(|best| *best < limit), "seed {seed}: {limit} in hand");
    }
    assert!((10..50).contains(&better), "{better} of 60 plans could be improved: the test shows little");
}

/// A shop of a hundred jobs must not keep a whole day waiting.
#[test]
fn a_dive_ends_when_its_patience_is_over() {
    let (columns, have) = some(3, 60, 20, 4000);
    let (mut short, mut long) = (0, 0);
    cheaper(&columns, 60, 60, &have, 0, &mut short);
    cheaper(&columns, 60, 60, &have, 50_000, &mut long);
    let choices = columns.len() as u64;
    assert!(long - short <= 50_000 + choices, "{} looks beyond those for the prices", long - short);
    assert!(long > short, "it has patience for nothing");
}

/// The relaxed partitioning of a triangle: three columns of two rows each, half of each is best. Prices show it.
#[test]
fn prices_are_those_of_the_relaxed_partitioning() {
    let column = |cost, rows: &[u8]| Column { cost, rows: rows.to_vec() };
    let columns = [column(90, &[0, 1, 2]), column(50, &[0, 1]), column(52, &[1, 2]), column(54, &[0, 2])];
    let mut looks = 0;
    let found = super::super::prices::prices(&columns, 3, &[0], &mut looks);
    assert!((found.iter().sum::<f64>() - 78.0).abs() < 1e-6, "{found:?}: (50 + 52 + 54) / 2");
    for (column, slack) in columns.iter().zip([12.0, 0.0, 0.0, 0.0]) {
        let loss = column.cost as f64 - column.rows().map(|row| found[row]).sum::<f64>();
        assert!((loss - slack).abs() < 1e-6, "{column:?} loses {loss}");
    }
    // No column but the one in hand does the whole: whatever prices say, it stays.
    assert_eq!(cheaper(&columns, 3, 3, &[0], 1000, &mut looks), None);
}

/// Two rows that ask for the same can leave two members of a basis at nothing, and pivots that bring nothing.
#[test]
fn every_row_of_the_largest_part_asks_for_something_else() {
    let mut asked: Vec<f64> = (0..ROWS).map(super::super::prices::more).collect();
    asked.sort_unstable_by(f64::total_cmp);
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] > 1e-5), "{asked:?}");
    assert!(asked[0] >= 0.0 && asked[ROWS - 1] < 0.0103, "a hundredth more at most: {asked:?}");
}

#[test]
fn lowered_prices_leave_no_column_below_nothing() {
    for seed in 0..20 {
        let (columns, _) = some(seed, 30, 6, 300);
        let mut rng = Rng::new(seed);
        let guess: Vec<f64> = (0..30).map(|_| rng.unit() * 80.0).collect();
        let prices = lowered(&columns, &guess);
        assert!(columns.iter().all(|column| column.loss(&prices) >= 0), "seed {seed}");
        assert!(columns.iter().any(|column| column.loss(&prices) < FINE), "seed {seed}: they are lowered for nothing");
    }
}
