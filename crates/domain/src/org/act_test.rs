use super::act;
use crate::ground::{Reach, Role, TenantId, TypedId, UserId, Who};

fn staff(role: Role) -> Who {
    Who::Staff { user: UserId::from_uuid(uuid::Uuid::nil()), role, engineer: None, acquirer: None, branch: None }
}

#[test]
fn every_action_states_a_reach_for_every_role_and_the_merchant() {
    for (name, letters) in act::ALL {
        assert_eq!(letters.len(), Role::ALL.len() + 1, "{name}");
        assert!(letters.bytes().all(|b| b"Ao.".contains(&b)), "{name}");
    }
}

#[test]
fn an_auditor_changes_nothing() {
    let may = act::allowed(&staff(Role::Auditor));
    // `fact.sets`: reads what the house has set for itself.
    let reads = |name: &str| name.ends_with(".read") || ["session.self", "fact.sets"].contains(&name);
    assert!(may.iter().all(|name| reads(name)), "{may:?}");
}

#[test]
fn an_unknown_action_reaches_nothing_and_the_house_reaches_all() {
    assert_eq!(act::reach("ticket.erase", &staff(Role::Admin)), Reach::None);
    assert_eq!(act::reach("ticket.read", &Who::System("ticker")), Reach::All);
    let _ = TenantId::from_uuid(uuid::Uuid::nil());
}

/// The role x action matrix as people review it; `UPDATE_PORTRAITS=1` rewrites it.
#[test]
fn the_portrait_of_roles_and_actions_is_current() {
    let mut lines = vec![format!("{:20} {}", "action", Role::ALL.map(Role::as_str).join(" ") + " merchant")];
    for (name, letters) in act::ALL {
        let mut line = format!("{name:20}");
        for (letter, role) in letters.chars().zip(Role::ALL.map(Role::as_str).iter().copied().chain(["merchant"])) {
            let word = match letter {
                'A' => "all",
                'o' => "own",
                _ => "-",
            };
            line.push_str(&format!(" {word:<width$}", width = role.len()));
        }
        lines.push(line.trim_end().to_owned());
    }
    let now = lines.join("\n") + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../portraits/role-action.txt");
    if std::env::var_os("UPDATE_PORTRAITS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), now, "run `make portraits` and review the difference");
}

#[test]
fn a_branch_narrows_all_to_the_branch_and_opens_nothing() {
    let bound = |role| Who::Staff {
        user: UserId::from_uuid(uuid::Uuid::nil()),
        role,
        engineer: None,
        acquirer: None,
        branch: Some(crate::ground::BranchId::from_uuid(uuid::Uuid::nil())),
    };
    for role in Role::ALL {
        for (name, _) in act::ALL {
            assert!(act::reach(name, &bound(role)) <= act::reach(name, &staff(role)), "{role:?} {name}");
        }
    }
    let supervisor = bound(Role::Supervisor);
    let table = [
        ("ticket.read", Reach::Own),
        ("visit.offer", Reach::Own),
        ("registry.edit", Reach::Own),
        ("letter.read", Reach::None),
        ("incident.read", Reach::Own),
        ("incident.work", Reach::None),
        ("part.read", Reach::All),
        ("audit.read", Reach::None),
        ("fact.read", Reach::All),
        ("user.read", Reach::All),
        ("session.self", Reach::All),
    ];
    for (name, wanted) in table {
        assert_eq!(act::reach(name, &supervisor), wanted, "{name}");
    }
}
