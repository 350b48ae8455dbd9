use super::act;
use super::identity::*;
use crate::ground::Role;

fn terms() -> Terms {
    Terms {
        label: "企业微信".into(),
        issuer: "https://id.example.com/realms/desk".into(),
        client_id: "postsale".into(),
        domains: vec!["example.com".into()],
        claim: "email".into(),
        unknown: Unknown::Refuse,
        newcomer: Role::Storekeeper,
        trust_amr: false,
        enabled: true,
    }
}

fn anna() -> Claims {
    let (subject, email) = ("7".into(), Some("Anna@Example.com".into()));
    Claims { subject, named: Some("anna".into()), email, email_verified: Some(true), ..Claims::default() }
}

#[test]
fn terms_are_whole_or_refused_at_the_field() {
    assert!(terms().check().is_ok());
    type Bend = fn(&mut Terms);
    let table: &[(&str, Bend)] = &[
        ("label", |t| t.label.clear()),
        ("label", |t| t.label = "x\u{7}".into()),
        ("issuer", |t| t.issuer = "id.example.com".into()),
        ("issuer", |t| t.issuer = "file:///etc/passwd".into()),
        ("issuer", |t| t.issuer = "https://".into()),
        ("issuer", |t| t.issuer = "https:///x".into()),
        ("issuer", |t| t.issuer = "https://user:pass@id.example.com".into()),
        ("issuer", |t| t.issuer = "https://id.example.com/?x=1".into()),
        ("issuer", |t| t.issuer = "https://id.example.com/a b".into()),
        ("client_id", |t| t.client_id.clear()),
        ("domains", |t| t.domains = vec!["not a domain".into()]),
        ("domains", |t| t.domains = vec!["localhost".into()]),
        ("claim", |t| t.claim.clear()),
        ("claim", |t| t.claim = "e mail".into()),
    ];
    for (field, bend) in table {
        let mut bent = terms();
        bend(&mut bent);
        assert_eq!(bent.check().unwrap_err().field.as_deref(), Some(*field), "{bent:?}");
    }
    let tidied = Terms { domains: vec![" @Example.COM ".into(), "example.com".into(), " ".into()], ..terms() }.tidied();
    assert_eq!(tidied.domains, ["example.com"]);
}

#[test]
fn a_person_is_named_by_what_the_terms_say_and_nothing_less() {
    let by_name = Terms { claim: "preferred_username".into(), ..terms() };
    assert_eq!(named(&terms(), &anna()), Ok(Named::Email("anna@example.com".into())));
    assert_eq!(named(&by_name, &anna()), Ok(Named::Username("anna".into())));
    let code = |terms: &Terms, claims: Claims| named(terms, &claims).unwrap_err().code;
    for said in [Some(false), None] {
        assert_eq!(code(&terms(), Claims { email_verified: said, ..anna() }), "oidc.unproven_email");
    }
    assert_eq!(code(&by_name, Claims { email_verified: Some(false), ..anna() }), "oidc.unproven_email", "its domain is asked for");
    for other in [None, Some("anna@example.com.evil.org".into()), Some("anna@evil.org".into()), Some("a@b@example.com".into())] {
        assert_eq!(code(&terms(), Claims { email: other.clone(), ..anna() }), "oidc.other_domain", "{other:?}");
    }
    let anywhere = Terms { domains: Vec::new(), ..by_name };
    assert_eq!(named(&anywhere, &Claims { email: None, ..anna() }), Ok(Named::Username("anna".into())));
    assert_eq!(code(&anywhere, Claims { named: None, ..anna() }), "oidc.no_claim");
    assert_eq!(code(&anywhere, Claims { named: Some("a\nb".into()), ..anna() }), "oidc.no_claim");
    assert_eq!(code(&Terms { domains: Vec::new(), ..terms() }, Claims { email: None, ..anna() }), "oidc.no_claim");
}

#[test]
fn one_way_twice_is_not_two_factors() {
    let table: &[(&[&str], bool)] = &[
        (&[], false),
        (&["pwd"], false),
        (&["otp"], false),
        (&["pwd", "pin"], false),
        (&["mfa"], true),
        (&["pwd", "otp"], true),
        (&["pin", "hwk"], true),
        (&["pwd", "user"], false),
    ];
    for (amr, two) in table {
        assert_eq!(two_factors(&amr.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>()), *two, "{amr:?}");
    }
}

#[test]
fn whoever_is_taken_in_unasked_is_tied_to_nothing_and_rules_nobody() {
    let tied = [Role::Admin, Role::Engineer, Role::Acquirer];
    for role in Role::ALL {
        assert_eq!(NEWCOMERS.contains(&role), !tied.contains(&role), "{role:?}");
        let manages = act::letter("user.manage", role) != b'.';
        assert!(!(NEWCOMERS.contains(&role) && manages), "{role:?} could make others");
    }
}
