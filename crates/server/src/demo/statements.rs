//! Months that were signed as they ended: what the day of a storm left out, and what the bank did not agree with.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use postsale_domain::agreement::{Claim, ClauseKind, LineVerdict, Month, StatementId};
use postsale_domain::ground::{AcquirerId, Caller, Role, TenantId, UserId, Who};

use super::replay::Staff;
use crate::agreement::objection;
use crate::agreement::store::{self, Statement, Which};
use crate::agreement::terms;
use crate::flow::statement::{self as flow, Asked, By};
use crate::ground::db::{Db, Done, Tx};
use crate::ground::web::Keyset;
use crate::ground::when;
use crate::view::registry::Sight;
use crate::view::statement::count::{basis, fell, promises};

/// Ended months that are signed.
const MONTHS: usize = 6;
/// Lines looked at for what is disputed.
const LOOKED: u32 = 500;

/// How far the months are.
pub(super) struct Months {
    tenant: TenantId,
    /// Not signed yet, the next one first.
    waiting: Vec<Month>,
    last: Month,
    /// The statement that is disputed, and when it was signed.
    signed: Option<(StatementId, Timestamp)>,
    raised: bool,
}

impl Months {
    /// Those that have ended by now.
    pub fn until(tenant: TenantId, now: Timestamp) -> Self {
        let last = Month::of(when::day(now)).before();
        let mut waiting: Vec<Month> = std::iter::successors(Some(last), |month| Some(month.before())).take(MONTHS).collect();
        waiting.reverse();
        Self { tenant, waiting, last, signed: None, raised: false }
    }

    /// Does what is due before the next things happen, at that instant; `end` also what would be done some days later.
    pub fn go_on(&mut self, db: &Db, staff: &Staff, at: Timestamp, end: bool) -> Done<()> {
        while let Some(month) = self.waiting.first().copied().filter(|month| month.span(&when::zone()).1 <= at) {
            self.waiting.remove(0);
            let (disputed, bank) = (month == self.last, staff.bank.2);
            if disputed {
                let by = supervisor(staff);
                db.write_blocking(staff_of(self.tenant, by.id, Role::Supervisor, None), at, move |tx| storm(tx, month, bank, &by))?;
            }
            let by = finance(staff);
            let made = db.write_blocking(staff_of(self.tenant, by.id, Role::Finance, None), at, move |tx| sign(tx, month, bank, &by))?;
            if disputed {
                self.signed = made.map(|id| (id, at));
            }
        }
        let Some((id, signed)) = self.signed else { return Ok(()) };
        let after = |days: i64| at >= signed + SignedDuration::from_hours(24 * days);
        if !self.raised && (end || after(2)) {
            self.raised = true;
            let (user, name, bank) = staff.bank.clone();
            let by = By { id: user, name };
            db.write_blocking(staff_of(self.tenant, user, Role::Acquirer, Some(bank)), at, move |tx| object(tx, id, bank, &by))?;
        }
        if end || after(4) {
            self.signed = None;
            let by = supervisor(staff);
            db.write_blocking(staff_of(self.tenant, by.id, Role::Supervisor, None), at, move |tx| accept(tx, id, &by))?;
        }
        Ok(())
    }
}

fn staff_of(tenant: TenantId, user: UserId, role: Role, acquirer: Option<AcquirerId>) -> Caller {
    Caller { tenant, who: Who::Staff { user, role, engineer: None, acquirer, branch: None } }
}

fn finance(staff: &Staff) -> By {
    By { id: staff.finance.0, name: staff.finance.1.clone() }
}

fn supervisor(staff: &Staff) -> By {
    By { id: staff.duty, name: staff.duty_name.clone() }
}

/// Whose month has the most broken promises, by agreement.
fn busiest(tx: &mut Tx<'_>, month: Month) -> Done<Vec<(AcquirerId, &'static str)>> {
    let (from, to) = month.span(&when::zone());
    let mut found = Vec::new();
    for agreement in terms().keys() {
        found.extend(fell(tx, agreement, from, to)?.into_iter().map(|f| (f.broken, f.acquirer, agreement.as_str())));
    }
    found.sort_by_key(|(broken, acquirer, agreement)| (std::cmp::Reverse(*broken), *acquirer, *agreement));
    Ok(found.into_iter().map(|(_, acquirer, agreement)| (acquirer, agreement)).collect())
}

/// The bank that signs in here, where it has promises of the month; with the agreement most of its broken ones are of.
fn the_one(tx: &mut Tx<'_>, month: Month, bank: AcquirerId) -> Done<Option<Statement>> {
    let found = busiest(tx, month)?.into_iter().find(|(acquirer, _)| *acquirer == bank);
    found.map(|(acquirer, agreement)| flow::open(tx, acquirer, agreement, month)).transpose()
}

/// The day with the most broken promises was the day of a storm.
fn storm(tx: &mut Tx<'_>, month: Month, bank: AcquirerId, by: &By) -> Done<()> {
    let Some(s) = the_one(tx, month, bank)? else { return Ok(()) };
    let basis = basis(tx, s.acquirer, &s.agreement, month)?;
    let mut days: BTreeMap<Date, usize> = BTreeMap::new();
    for late in promises(tx, &basis, true, Keyset::FIRST, LOOKED)? {
        *days.entry(late.due.to_zoned(basis.zone.clone()).date()).or_default() += 1;
    }
    let Some((day, _)) = days.into_iter().max_by_key(|(day, late)| (*late, std::cmp::Reverse(*day))) else { return Ok(()) };
    let asked = Asked {
        day: Some(day),
        ticket: None,
        reason: "强对流天气，全市暂停上门".to_owned(),
        proof: "市气象台雷电、大风双橙色预警记录，存财务共享目录".to_owned(),
    };
    flow::exclude(tx, s.id, s.version, &asked, by).map(|_| ())
}

/// Signs every statement of a month; the one that will be disputed.
fn sign(tx: &mut Tx<'_>, month: Month, bank: AcquirerId, by: &By) -> Done<Option<StatementId>> {
    let one = the_one(tx, month, bank)?.map(|s| s.id);
    for (acquirer, agreement) in busiest(tx, month)? {
        let s = flow::open(tx, acquirer, agreement, month)?;
        flow::sign(tx, s.id, s.version, by)?;
    }
    Ok(one)
}

/// The bank does not agree with two lines: one was not as late as that, one it was told about too late.
fn object(tx: &mut Tx<'_>, id: StatementId, bank: AcquirerId, by: &By) -> Done<()> {
    let late = store::lines(tx, id, 1, Which::Counting(LineVerdict::Late), Keyset::FIRST, LOOKED)?;
    let mut repairs: Vec<_> = late.into_iter().filter(|l| l.promised.kind == ClauseKind::Resolution && l.penalty > 0).collect();
    repairs.sort_by_key(|l| l.counted_s);
    let claims =
        [(repairs.first(), "商户确认实际到店时间晚于系统记录，超时应更长"), (repairs.get(1), "商户来电补充：当日二次故障，超时应合并计算")];
    for (line, reason) in claims {
        if let Some(line) = line {
            let claim = Claim::Late(line.counted_s + 2 * 3600);
            flow::dispute(tx, Sight::Acquirer(bank), id, line.promised.clock, claim, reason, by)?;
        }
    }
    Ok(())
}

/// The first of them is right; the other one waits for whoever looks.
fn accept(tx: &mut Tx<'_>, id: StatementId, by: &By) -> Done<()> {
    let Some(first) = objection::disputes(tx, id, 10)?.pop() else { return Ok(()) };
    let version = store::statement(tx, id)?.version;
    flow::decide(tx, first.id, version, true, "已核对到店照片时间，属实", by).map(|_| ())
}
