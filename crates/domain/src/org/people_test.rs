use super::act;
use super::people::*;
use crate::ground::{AcquirerId, EngineerId, Role, TypedId};

#[test]
fn a_role_is_tied_to_what_it_needs_and_to_nothing_else() {
    let engineer = Some(EngineerId::from_uuid(uuid::Uuid::nil()));
    let acquirer = Some(AcquirerId::from_uuid(uuid::Uuid::nil()));
    let table = [
        (Role::Engineer, engineer, None, ""),
        (Role::Engineer, None, None, "user.needs_engineer"),
        (Role::Engineer, engineer, acquirer, "user.not_tied"),
        (Role::Acquirer, None, acquirer, ""),
        (Role::Acquirer, None, None, "user.needs_acquirer"),
        (Role::Agent, None, None, ""),
        (Role::Agent, engineer, None, "user.not_tied"),
        (Role::Admin, None, acquirer, "user.not_tied"),
    ];
    for (role, engineer, acquirer, code) in table {
        assert_eq!(check_ties(role, engineer, acquirer).err().map_or("", |r| r.code), code, "{role:?}");
    }
}

#[test]
fn a_key_never_reaches_further_than_its_holder() {
    for holder in Role::ALL {
        for key in Role::ALL {
            if may_hold(holder, key) && holder != key {
                for (name, _) in act::ALL {
                    let (lent, own) = (act::letter(name, key), act::letter(name, holder));
                    assert!(lent == b'.' || lent == own || own == b'A', "{holder:?} holds {key:?}: {name}");
                }
                assert!(!matches!(key, Role::Engineer | Role::Acquirer));
            }
        }
    }
    assert!(may_hold(Role::Admin, Role::Auditor) && may_hold(Role::Agent, Role::Agent));
    assert!(!may_hold(Role::Agent, Role::Admin) && !may_hold(Role::Auditor, Role::Supervisor));
}

#[test]
fn who_answers_for_a_ticket_works_on_tickets() {
    let owners: Vec<Role> = Role::ALL.into_iter().filter(|r| can_own_tickets(*r)).collect();
    assert_eq!(owners, [Role::Admin, Role::Agent, Role::Dispatcher, Role::Supervisor]);
}

#[test]
fn names_and_addresses_cannot_hide_anything() {
    let long = "a".repeat(61);
    for (name, fits) in [
        ("anna", true),
        ("王芳", true),
        ("a.b-c_d+e@t1", true),
        ("a", false),
        ("a b", false),
        ("a\nb", false),
        (&long, false),
        ("4111111111111111", false),
    ] {
        assert_eq!(check_username(name).is_ok(), fits, "{name}");
    }
    for (name, fits) in [
        ("王芳", true),
        ("Anna Lee", true),
        ("", false),
        ("  ", false),
        ("a\u{202e}b", false),
        ("a\u{200b}b", false),
        ("a\tb", false),
        ("4111 1111 1111 1111", false),
    ] {
        assert_eq!(check_display_name(name).is_ok(), fits, "{name:?}");
    }
    for (address, fits) in [
        ("anna@example.com", true),
        ("anna+desk@mail.example.com", true),
        ("anna", false),
        ("anna@localhost", false),
        ("@example.com", false),
        ("anna@@example.com", false),
        ("anna@example.com\r\nBcc: x@y.z", false),
        ("anna@example.com,b@example.com", false),
    ] {
        assert_eq!(check_email(address).is_ok(), fits, "{address:?}");
    }
}
