use super::saved::{Asker, Kept, ListColumn, MAX_NAME, Share, columns, may_change, name, sees, share};
use crate::ground::{BranchId, Reach, Role, TypedId, UserId};

fn user(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

fn branch(n: u128) -> BranchId {
    BranchId::from_uuid(uuid::Uuid::from_u128(n))
}

fn asker(n: u128, role: Role, at: Option<u128>, sharing: Reach) -> Asker {
    Asker { user: user(n), role, branch: at.map(branch), sharing }
}

fn kept(share: Share, team_branch: Option<u128>) -> Kept {
    Kept { keeper: user(1), share, team_role: Role::Agent, team_branch: team_branch.map(branch) }
}

#[test]
fn who_sees_and_changes_whose() {
    let keeper = asker(1, Role::Agent, None, Reach::Own);
    let mate = asker(2, Role::Agent, Some(7), Reach::Own);
    let other = asker(3, Role::Dispatcher, Some(7), Reach::Own);
    let lead = asker(4, Role::Supervisor, None, Reach::All);
    let bank = asker(5, Role::Acquirer, None, Reach::None);
    // share, branch of the team, who asks, sees, may change
    for (view, who, seen, changed) in [
        (kept(Share::Own, None), keeper, true, true),
        (kept(Share::Own, None), mate, false, false),
        (kept(Share::Own, None), lead, false, false),
        (kept(Share::Team, None), mate, true, false),
        (kept(Share::Team, Some(7)), mate, true, false),
        (kept(Share::Team, Some(8)), mate, false, false),
        (kept(Share::Team, None), other, false, false),
        (kept(Share::Team, None), lead, false, false),
        (kept(Share::Public, None), other, true, false),
        (kept(Share::Public, None), lead, true, true),
        (kept(Share::Public, None), bank, false, false),
    ] {
        assert_eq!((sees(&who, &view), may_change(&who, &view)), (seen, changed), "{view:?} {who:?}");
    }
}

#[test]
fn sharing_reaches_as_far_as_the_right_to_it() {
    for (reach, with, code) in [
        (Reach::None, Share::Own, None),
        (Reach::None, Share::Team, Some("desk_view.no_sharing")),
        (Reach::None, Share::Public, Some("desk_view.no_sharing")),
        (Reach::Own, Share::Team, None),
        (Reach::Own, Share::Public, Some("desk_view.team_only")),
        (Reach::All, Share::Public, None),
    ] {
        assert_eq!(share(&asker(1, Role::Agent, None, reach), with).err().map(|r| r.code), code, "{reach:?} {with:?}");
    }
}

#[test]
fn names_and_columns() {
    assert_eq!(name("  浦东加急 ").unwrap(), "浦东加急");
    for bad in [String::new(), "  ".into(), "字".repeat(MAX_NAME + 1), "a\nb".into()] {
        assert_eq!(name(&bad).unwrap_err().code, "desk_view.bad_name", "{bad:?}");
    }
    assert!(columns(&[ListColumn::Clock, ListColumn::Subject]).is_ok() && columns(&[]).is_ok());
    assert_eq!(columns(&[ListColumn::Clock, ListColumn::Clock]).unwrap_err().code, "desk_view.columns");
}
