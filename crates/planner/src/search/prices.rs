//! What is each job worth to a set of routes? The dual prices of the relaxed set partitioning, by the revised simplex method (Dantzig and
//! Orchard-Hays, 1954) with a dense inverse: a few neighbouring routes have a hundred jobs, which takes some hundred pivots.
//! Whoever uses the prices lowers them until they are a bound, so rounding errors cost strength and never correctness. Subgradients
//! in place of pivots left 2 % of the cost between bound and plan after four hundred rounds, where the simplex method leaves nothing.

use super::cover::Column;

/// A gain below this is noise, in units of cost.
const NOISE: f64 = 1e-6;
/// A member of the basis whose share in a newcomer is less than this does not make way for him.
const NOTHING: f64 = 1e-9;
/// Pivots per row at most. Whoever stops early has prices that are a weaker bound once they are lowered.
const PIVOTS: usize = 12;
/// Columns on the shortlist: whoever gains little after one pivot mostly still gains after the next, and a look at all columns is dear.
const SHORT: usize = 40;
/// No job is worth more than so many average jobs; more than any detour costs. Prices within bounds do not swing.
const DEAREST: f64 = 5.0;

/// Who may join the basis: a column, or a row's own way out at the dearest price.
#[derive(Debug, Clone, Copy)]
enum Enter {
    Column(usize),
    Out(usize),
}

/// As many columns and ways out as there are rows are the basis. Who they are is written nowhere, since only the prices are asked for.
struct Simplex<'a> {
    columns: &'a [Column],
    rows: usize,
    /// Price of a row's way out, in units of cost.
    dearest: f64,
    /// Inverse of the basis: a line per member, a number per row.
    inverse: Vec<f64>,
    /// How much of each member of the basis is taken; one is once.
    level: Vec<f64>,
    /// What each row is worth, in units of cost. Every member of the basis costs just what its rows are worth.
    prices: Vec<f64>,
    /// Columns that gained when all were last looked at.
    short: Vec<usize>,
    looks: u64,
}

/// A little more than once is asked of every row, up to a hundredth and differently of each (257 is a prime above `ROWS`): where several
/// members of a basis are taken not at all, which is the rule in a partitioning, pivots would bring nothing. Prices hold for any such wish.
pub(super) fn more(row: usize) -> f64 {
    ((row * 37 + 11) % 257) as f64 * 4e-5
}

impl<'a> Simplex<'a> {
    /// Begins with the plan in hand. The basis holds each of its columns in the place of that of its rows which asks least, and the ways
    /// out of all other rows: a column is taken as often as that row asks, and what the others ask beyond it goes out, so no level is
    /// below nothing.
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

    /// What a column costs beyond the prices of its rows; below nothing it gains.
    fn loss(&self, column: &Column) -> f64 {
        column.cost as f64 - column.rows().map(|row| self.prices[row]).sum::<f64>()
    }

    /// Looks at every column and shortlists those that gain most, in an order that depends on nothing but their costs and numbers.
    fn shortlist(&mut self) {
        self.looks += self.columns.len() as u64;
        let losses = self.columns.iter().enumerate().map(|(i, column)| (self.loss(column), i));
        let mut gain: Vec<(f64, usize)> = losses.filter(|(loss, _)| *loss < -NOISE).collect();
        if gain.len() > SHORT {
            gain.select_nth_unstable_by(SHORT, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            gain.truncate(SHORT);
        }
        self.short = gain.into_iter().map(|(_, i)| i).collect();
        self.short.sort_unstable();
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
        // The inverse changes line by line, thirty-two numbers in about the time of a look.
        self.looks += (self.short.len() + n * n / 32) as u64;
        let takes = |of: &[f64]| match who {
            Enter::Column(i) => self.columns[i].rows().map(|row| of[row]).sum(),
            Enter::Out(row) => of[row],
        };
        // How much of each member makes one newcomer: so much less of it is taken for each of him.
        let share: Vec<f64> = self.inverse.chunks_exact(n).map(takes).collect();
        let lasts = |row: &usize| self.level[*row] / share[*row];
        let Some(out) = (0..n).filter(|row| share[*row] > NOTHING).min_by(|a, b| lasts(a).total_cmp(&lasts(b))) else { return false };
        // He takes the place of whoever is used up first.
        let (before, rest) = self.inverse.split_at_mut(out * n);
        let (pivot, after) = rest.split_at_mut(n);
        pivot.iter_mut().for_each(|x| *x /= share[out]);
        self.level[out] /= share[out];
        let others = before.chunks_exact_mut(n).chain(after.chunks_exact_mut(n));
        for (row, of) in (0..n).filter(|row| *row != out).zip(others) {
            if share[row].abs() > NOTHING {
                of.iter_mut().zip(&*pivot).for_each(|(x, y)| *x -= share[row] * y);
                // Below nothing by rounding alone: `out` was used up first.
                self.level[row] = (self.level[row] - share[row] * self.level[out]).max(0.0);
            }
        }
        // From now on he costs just what his rows are worth, and whoever stays still does.
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
