//! Set partitioning: which of many routes do each job once, at the least cost?
//!
//! The jobs get prices (`prices`), lowered until no route costs less than its jobs bring. What a route costs beyond them is then lost for
//! good, and a cheaper plan loses less than the plan in hand costs beyond all prices together: most routes are out of the question, and
//! a dive that always decides the job with the fewest of the others is short. All numbers are whole from there on, so within
//! the patience the answer is the best there is.

use super::prices::prices;

/// Rows that a mask can hold.
pub(super) const ROWS: usize = 256;
/// Prices are counted in such parts of a unit of cost.
const FINE: i64 = 256;

/// A route: its cost, and the jobs it does, by row.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub cost: i64,
    pub rows: Vec<u8>,
}

impl Column {
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().map(|row| usize::from(*row))
    }

    /// What it costs beyond the prices of its jobs, in fine units.
    fn loss(&self, prices: &[i64]) -> i64 {
        self.cost * FINE - self.rows().map(|row| prices[row]).sum::<i64>()
    }
}

/// A set of rows.
#[derive(Debug, Clone, Copy, Default)]
struct Mask([u64; ROWS / 64]);

impl Mask {
    fn of(column: &Column) -> Self {
        let mut mask = Self::default();
        column.rows().for_each(|row| mask.0[row / 64] |= 1 << (row % 64));
        mask
    }
    fn has(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }
    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
    fn with(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
        self
    }
}

/// A column that may be part of a cheaper plan.
#[derive(Debug)]
struct Choice {
    column: usize,
    /// Never negative.
    loss: i64,
    mask: Mask,
}

/// Prices in fine units, lowered to where no column loses less than nothing.
fn lowered(columns: &[Column], prices: &[f64]) -> Vec<i64> {
    let mut prices: Vec<i64> = prices.iter().map(|price| (price * FINE as f64) as i64).collect();
    for column in columns {
        let loss = column.loss(&prices);
        if loss < 0 {
            column.rows().for_each(|row| prices[row] += loss.div_euclid(column.rows.len() as i64));
        }
    }
    prices
}

struct Dive<'a> {
    columns: &'a [Column],
    choices: &'a [Choice],
    rows: usize,
    /// At most so many columns.
    most: usize,
    /// What a plan may lose to be of interest.
    slack: i64,
    chosen: Vec<usize>,
    found: Option<Vec<usize>>,
    looks: u64,
    patience: u64,
}

impl Dive<'_> {
    /// Tries all ways to go on with choices of `live`, none of which does a row that is `done`, when `lost` is lost already.
    fn dive(&mut self, done: Mask, live: &[usize], lost: i64) {
        self.looks += live.len() as u64;
        let mut many = [0u32; ROWS];
        for i in live {
            self.columns[self.choices[*i].column].rows().for_each(|row| many[row] += 1);
        }
        let Some(row) = (0..self.rows).filter(|row| !done.has(*row)).min_by_key(|row| many[*row]) else {
            // Every job is done. From now on only what is better still is of interest.
            self.slack = lost - 1;
            self.found = Some(self.chosen.clone());
            return;
        };
        if self.chosen.len() >= self.most {
            return;
        }
        for i in live {
            let choice = &self.choices[*i];
            if !choice.mask.has(row) {
                continue;
            }
            let lost = lost + choice.loss;
            // They are sorted: all others lose even more.
            if lost > self.slack || self.looks > self.patience {
                return;
            }
            let fits = |k: &&usize| lost + self.choices[**k].loss <= self.slack && !self.choices[**k].mask.meets(&choice.mask);
            let rest: Vec<usize> = live.iter().filter(fits).copied().collect();
            self.chosen.push(choice.column);
            self.dive(done.with(&choice.mask), &rest, lost);
            self.chosen.pop();
        }
    }
}

/// At most `most` columns that do each of `rows` rows once for less than `have`, which are columns that do so too. None where there are
/// no such, or `patience` did not suffice to find them. Adds to `looks` how many columns were looked at.
pub(super) fn cheaper(columns: &[Column], rows: usize, most: usize, have: &[usize], patience: u64, looks: &mut u64) -> Option<Vec<usize>> {
    let prices = lowered(columns, &prices(columns, rows, have, looks));
    let cost: i64 = have.iter().map(|i| columns[*i].cost).sum();
    let slack = (cost - 1) * FINE - prices.iter().sum::<i64>();
    let loss = |(i, column): (usize, &Column)| (column.loss(&prices), i);
    let mut losses: Vec<(i64, usize)> = columns.iter().enumerate().map(loss).filter(|(loss, _)| *loss <= slack).collect();
    losses.sort_unstable();
    let choices: Vec<Choice> = losses.into_iter().map(|(loss, column)| Choice { column, loss, mask: Mask::of(&columns[column]) }).collect();
    let live: Vec<usize> = (0..choices.len()).collect();
    let mut dive = Dive { columns, choices: &choices, rows, most, slack, chosen: Vec::new(), found: None, looks: 0, patience };
    dive.dive(Mask::default(), &live, 0);
    *looks += dive.looks;
    dive.found
}

#[cfg(test)]
#[path = "cover_test.rs"]
mod test;
