//! The actions of the house and how far each reaches for each role. One line per action: this table *is* the policy.

use crate::ground::{Act, Reach, Role, Who};

/// Declares the actions. Letters after the colon, per role in the order of [`Role::ALL`] and then merchant:
/// `A` all of the tenant, `o` own only, `.` not at all. The house itself (system) reaches all.
macro_rules! actions {
    ($($(#[$doc:meta])* $marker:ident = $name:literal : $reach:literal;)+) => {
        /// Name and reach letters of every action, for portraits and for the list a person is shown of what they may do.
        pub const ALL: &[(&str, &str)] = &[$(($name, $reach)),+];
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $marker;
            impl Act for $marker {
                const NAME: &'static str = $name;
                fn reach(who: &Who) -> Reach { reach_of($name, $reach, who) }
            }
        )+
    };
}

fn reach_of(name: &str, letters: &str, who: &Who) -> Reach {
    let (column, branch) = match who {
        Who::System(_) => return Reach::All,
        Who::Staff { role, branch, .. } => (Role::ALL.iter().position(|r| r == role), branch.is_some()),
        Who::Merchant => (Some(Role::ALL.len()), false),
    };
    match column.and_then(|c| letters.as_bytes().get(c)) {
        Some(b'A') if branch => within_branch(name),
        Some(b'A') => Reach::All,
        Some(b'o') => Reach::Own,
        _ => Reach::None,
    }
}

/// What "all" becomes for somebody bound to a branch: their branch's, of everything that happens at a shop. Facts, parts, what comes back and
/// colleagues have no place; incidents are read where one of their tickets is the branch's. A letter has none before it was read, a file and a
/// plan of a day hold everybody's, a statement is an acquirer's whole month, and the audit chain is the tenant's: they stay with people who are
/// not bound. An action nobody thought of here is narrowed, not opened.
fn within_branch(name: &str) -> Reach {
    match name.split('.').next() {
        _ if name == DispatchPlan::NAME => Reach::None,
        _ if name == IncidentRead::NAME => Reach::Own,
        Some("session" | "fact" | "user" | "org" | "part" | "return") => Reach::All,
        Some("letter" | "audit" | "key" | "import" | "incident" | "statement") => Reach::None,
        _ => Reach::Own,
    }
}

/// How far a named action reaches for a caller; [`Reach::None`] for a name that does not exist.
pub fn reach(name: &str, who: &Who) -> Reach {
    ALL.iter().find(|(n, _)| *n == name).map_or(Reach::None, |(n, letters)| reach_of(n, letters, who))
}

/// The letter of a named action for a role: `A`, `o` or `.`; `.` for a name that does not exist.
pub fn letter(name: &str, role: Role) -> u8 {
    let column = Role::ALL.iter().position(|r| *r == role).unwrap_or(usize::MAX);
    ALL.iter().find(|(n, _)| *n == name).and_then(|(_, letters)| letters.as_bytes().get(column)).copied().unwrap_or(b'.')
}

/// Actions that need a person who signed in: a key that leaks must not make keys, people or passwords.
pub fn in_person(name: &str) -> bool {
    [SessionSelf::NAME, UserManage::NAME, KeyManage::NAME, IdentityManage::NAME].contains(&name)
}

/// The names of all actions a caller may do at least on what is theirs.
pub fn allowed(who: &Who) -> Vec<&'static str> {
    ALL.iter().filter(|(n, letters)| reach_of(n, letters, who) != Reach::None).map(|(n, _)| *n).collect()
}

actions! {
    //                                          role order: admin agent dispatcher engineer storekeeper supervisor quality finance acquirer auditor | merchant
    /// Sees who one is and ends one's own session.
    SessionSelf = "session.self":               "AAAAAAAAAA.";
    /// Reads the queue, tickets and their timelines.
    TicketRead = "ticket.read":                 "AAAo.AAAoAo";
    /// Keeps lists of one's own: a filter, an order, columns under a name.
    DeskViewKeep = "desk_view.keep":            "AAA..AAAo..";
    /// Shares such a list: own is one's team, all is everybody.
    DeskViewShare = "desk_view.share":          "Aoo..Aoo...";
    /// Does the same with many tickets at once; each also asks for the right to the thing itself.
    TicketBulk = "ticket.bulk":                 "AAA..A.....";
    /// Registers a ticket.
    TicketOpen = "ticket.open":                 "AAA..A..o.o";
    /// Completes registration, priority, triage, pause and resume.
    TicketWork = "ticket.work":                 "AAA..A.....";
    /// Takes or hands over accountability.
    TicketAssign = "ticket.assign":             "AAA..A.....";
    /// Writes to the merchant.
    TicketReply = "ticket.reply":               "AAA..A....o";
    /// Writes an internal note.
    TicketNote = "ticket.note":                 "AAAo.AAA...";
    /// Declares it solved.
    TicketSolve = "ticket.solve":               "AA...A.....";
    /// Says why a security fault is solved although nobody has been there.
    TicketVouch = "ticket.vouch":               "A....AA....";
    /// Records the merchant's confirmation, or says that it is not solved.
    TicketConfirm = "ticket.confirm":           "AA...A....o";
    /// Withdraws a ticket.
    TicketCancel = "ticket.cancel":             "AA...A....o";
    /// Uses canned replies and macros, and keeps canned replies of one's own.
    CannedUse = "canned.use":                   "AAA..A.....";
    /// Writes canned replies for everybody, and macros.
    CannedManage = "canned.manage":             "A....A.....";
    /// Follows tickets and reads one's own notifications.
    BellRead = "bell.read":                     "AAAA.AAA.A.";
    /// Merges two tickets that are one, and takes it back.
    TicketMerge = "ticket.merge":               "AA...A.....";
    /// Reads incidents and who was told what.
    IncidentRead = "incident.read":             "AAA..AA..A.";
    /// Makes incidents, attaches and detaches tickets.
    IncidentWork = "incident.work":             "AA...A.....";
    /// Tells all reporters of an incident, and declares it over.
    IncidentTell = "incident.tell":             "A....A.....";
    /// Walks a guide.
    GuideRun = "guide.run":                     "AAA..A....o";
    /// Decides for a visit and creates the work order.
    VisitOpen = "visit.open":                   "AAA..A.....";
    /// Reads work orders and the board.
    VisitRead = "visit.read":                   "AAAo.AAAoA.";
    /// Offers, withdraws and plans work orders.
    VisitOffer = "visit.offer":                 "A.A..A.....";
    /// Sends somebody outside their shift, with a reason code.
    DispatchOffShift = "dispatch.off_shift":     "A....A.....";
    /// Asks for plans of a day, publishes and discards them; pins orders; notes absences.
    DispatchPlan = "dispatch.plan":             "A.A..A.....";
    /// Sees which times an order can be given.
    SlotRead = "dispatch.slots":                "AAA..A.....";
    /// Chooses the time of the visit to one's own shop.
    VisitChoose = "visit.choose":               "..........o";
    /// Answers an offer and does the work.
    VisitWork = "visit.work":                   "...o.......";
    /// Reads merchants, stores, contacts, terminals.
    RegistryRead = "registry.read":             "AAAoAAAAoA.";
    /// Changes bindings and registry data.
    RegistryEdit = "registry.edit":             "AA...A.....";
    /// Registers a terminal that stands at nobody's yet.
    TerminalAdd = "terminal.add":               "AA..AA.....";
    /// Reads the catalogue of parts and where their pieces lie.
    PartRead = "part.read":                     "AAAAAAAA.A.";
    /// Changes the catalogue of parts and moves their pieces.
    PartManage = "part.manage":                 "A...AA.....";
    /// Reads what was taken out at shops and comes back; own is what one carries.
    ReturnRead = "return.read":               "A.AoAAAA.A.";
    /// Sees a person's number or address in clear, with a reason.
    ContactReveal = "contact.reveal":           "AAAo.A.....";
    /// Finds tickets, merchants and terminals by their words, within what one may read.
    SearchUse = "search.use":                 "AAAoAAAAo..";
    /// Imports files; what is in them also asks for the right to write it.
    ImportRun = "import.run":                 "A...AA.....";
    /// Takes lists away as tables; each also asks for the right to read it.
    ExportRead = "export.read":               "A...AAAAoA.";
    /// Reads letters as received.
    LetterRead = "letter.read":                 "AA...A...A.";
    /// Hands a letter in, or registers an unreadable one by hand.
    LetterWork = "letter.work":                 "AA...A..o..";
    /// Reads faults, response codes, guides and other facts.
    FactRead = "fact.read":                     "AAAAAAAAAAo";
    /// Sees what the house ships with, what was changed of it, and every version.
    FactSets = "fact.sets":                    "A....AAA.A.";
    /// Changes facts: labels, texts, fields, prices, faults, models, calendars, guides.
    FactEdit = "fact.edit":                    "A..........";
    /// Writes guides and reads others' before they are published.
    GuideEdit = "guide.edit":                  "A....AA....";
    /// Quotes what work on a ticket would cost.
    QuoteMake = "quote.make":                  "AAAo.A.A...";
    /// Says what a merchant answered to a quote; one's own on the merchant's page.
    QuoteAnswer = "quote.answer":              "AAAo.A.A..o";
    /// Lets charged work go on without the merchant's yes, for a reason.
    ChargeWaive = "charge.waive":              "A....A.....";
    /// Reads monthly statements: what was promised, kept, broken and is paid; an acquirer its own, once signed.
    StatementRead = "statement.read":           "A....A.AoA.";
    /// Signs statements, excludes days and tickets, decides disputes.
    StatementWork = "statement.work":           "A....A.A...";
    /// Disputes a line of a statement.
    StatementDispute = "statement.dispute":     "A....A.Ao..";
    /// Lists colleagues.
    UserRead = "user.read":                     "AAA..AAA.A.";
    /// Invites people, changes what they are, lets them go.
    UserManage = "user.manage":               "A..........";
    /// Makes and ends keys for programs.
    KeyManage = "key.manage":                 "A..........";
    /// Says which house of accounts vouches for people, and on what terms.
    IdentityManage = "identity.manage":         "A..........";
    /// Reads branches, partners, and what each role may do.
    OrgRead = "org.read":                     "AAA..AAA.A.";
    /// Changes branches and partners.
    OrgEdit = "org.edit":                     "A..........";
    /// Reads who changed what.
    AuditRead = "audit.read":                   "A....A...A.";
    /// Reads follow-ups and what merchants answered.
    FollowUpRead = "follow_up.read":             "AA...AA..A.";
    /// Answers a survey.
    FollowUpAnswer = "follow_up.answer":        "AA...A....o";
}
