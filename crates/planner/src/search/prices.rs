//! What is each job worth to a set of routes? The dual prices of the relaxed set partitioning, by the revised simplex method (Dantzig and
//! Orchard-Hays, 1954) with a dense inverse: a few neighbouring routes have a hundred jobs, which takes some hundred pivots.
//! Whoever uses the prices lowers them until they are a bound, so rounding errors cost strength and never correctness. Subgradients
//! in place of pivots left 2 % of the cost between bound and plan after four hundred rounds, where the simplex method leaves nothing.

use super::cover::Column;

/// A gain below this is noise.
const NOISE: f64 = 1e-6;
/// A column that takes less of a row than this does not take it.
const NOTHING: f64 = 1e-9;
/// Pivots per row at most.
const PIVOTS: usize = 12;
/// Columns on the shortlist.
const SHORT: usize = 40;
/// No job is worth more than so many average jobs; more than any detour costs. Prices within bounds do not swing.
const DEAREST: f64 = 5.0;

/// Who may join the basis: a column, or a row's own way out at the dearest price.
#[derive(Debug, Clone, Copy)]
enum Enter {
    Column(usize),
    Out(usize),
}

struct Simplex<'a> {
    columns: &'a [Column],
    rows: usize,
    dearest: f64,
    /// Inverse of the basis, row by row.
    inverse: Vec<f64>,
    /// How much of each member of the basis is taken.
    level: Vec<f64>,
    prices: Vec<f64>,
    /// Columns that gained when all were last looked at.
    short: Vec<usize>,
    looks: u64,
}

/// A little more than once is asked of every row, differently of each: where several members of a basis are taken not at all, which is
/// the rule in a partitioning, pivots would bring nothing. Prices hold for any such wish.
fn more(row: usize) -> f64 {
    ((row * 37 + 11) % 101) as f64 * 1e-4
}

impl<'a> Simplex<'a> {
    /// Begins with the plan in hand. The basis holds each of its columns in the place of that of its rows which asks least, and the ways
    /// out of all other rows.
    fn new(columns: &'a [Column], rows: usize, have: &[usize], dearest: f64) -> Self {
        let mut inverse = vec![0.0; rows * rows];
        let mut level: Vec<f64> = (0..rows).map(|row| 1.0 + more(row)).collect();
        let mut prices = vec![dearest; rows];
        (0..rows).for_each(|row| inverse[row * rows + row] = 1.0);
        for column in have.iter().map(|i| &columns[*i]) {
            let Some(least) = column.rows().min_by(|a, b| more(*a).total_cmp(&more(*b))) else { continue };
            prices[least] = column.cost as f64 - dearest * (column.rows.len() - 1) as f64;
            for row in column.rows().filter(|row| *row != least) {
                inverse[row * rows + least] = -1.0;
                level[row] -= level[least];
            }
        }
        Self { columns, rows, dearest, inverse, level, prices, short: Vec::new(), looks: 0 }
    }

    /// What a column costs beyond the prices of its rows.
    fn loss(&self, column: &Column) -> f64 {
        column.cost as f64 - column.rows().map(|row| self.prices[row]).sum::<f64>()
    }

    /// Looks at every column and shortlists those that gain most.
    fn shortlist(&mut self) {
        self.looks += self.columns.len() as u64;
        let losses = self.columns.iter().enumerate().map(|(i, column)| (self.loss(column), i));
        let mut gain: Vec<(f64, usize)> = losses.filter(|(loss, _)| *loss < -NOISE).collect();
        if gain.len() > SHORT {
            gain.select_nth_unstable_by(SHORT, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            gain.truncate(SHORT);
        }
        self.short = gain.into_iter().map(|(_, i)| i).collect();
    }

    /// Who of the shortlist and the ways out gains most, and what he loses (less than nothing).
    fn enters(&self) -> Option<(Enter, f64)> {
        let short = self.short.iter().map(|i| (Enter::Column(*i), self.loss(&self.columns[*i])));
        let out = self.prices.iter().enumerate().map(|(row, price)| (Enter::Out(row), self.dearest - price));
        short.chain(out).filter(|(_, loss)| *loss < -NOISE).min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Brings `who` into the basis. False where nobody would have to leave.
    fn pivot(&mut self, who: Enter, loss: f64) -> bool {
        let n = self.rows;
        self.looks += (self.short.len() + n * n / 32) as u64;
        let takes = |of: &[f64]| match who {
            Enter::Column(i) => self.columns[i].rows().map(|row| of[row]).sum(),
            Enter::Out(row) => of[row],
        };
        let share: Vec<f64> = self.inverse.chunks_exact(n).map(takes).collect();
        let lasts = |row: &usize| self.level[*row] / share[*row];
        let Some(out) = (0..n).filter(|row| share[*row] > NOTHING).min_by(|a, b| lasts(a).total_cmp(&lasts(b))) else { return false };
        let (before, rest) = self.inverse.split_at_mut(out * n);
        let (pivot, after) = rest.split_at_mut(n);
        pivot.iter_mut().for_each(|x| *x /= share[out]);
        self.level[out] /= share[out];
        let others = before.chunks_exact_mut(n).chain(after.chunks_exact_mut(n));
        for (row, of) in (0..n).filter(|row| *row != out).zip(others) {
            if share[row].abs() > NOTHING {
                of.iter_mut().zip(&*pivot).for_each(|(x, y)| *x -= share[row] * y);
                self.level[row] = (self.level[row] - share[row] * self.level[out]).max(0.0);
            }
        }
        self.prices.iter_mut().zip(&*pivot).for_each(|(price, y)| *price += loss * y);
        true
    }
}

/// Prices of the rows at which almost no column loses less than nothing; together they are almost what the relaxed partitioning costs.
/// `have`: columns that do each row once. Adds to `looks` how many columns were looked at.
pub(super) fn prices(columns: &[Column], rows: usize, have: &[usize], looks: &mut u64) -> Vec<f64> {
    let cost: i64 = have.iter().map(|i| columns[*i].cost).sum();
    let mut simplex = Simplex::new(columns, rows, have, DEAREST * cost as f64 / rows.max(1) as f64);
    for _ in 0..PIVOTS * rows {
        let mut enters = simplex.enters();
        if enters.is_none() {
            simplex.shortlist();
            enters = simplex.enters();
        }
        if !enters.is_some_and(|(who, loss)| simplex.pivot(who, loss)) {
            break;
        }
    }
    *looks += simplex.looks;
    simplex.prices
}
