//! Telling merchants: once per change, by a mail that can be recognised when it is repeated.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use postsale_domain::ground::{Lang, TypedId};
use postsale_domain::notify::{MAX_ATTEMPTS, NoticeKind};
use postsale_domain::ticket::TicketId;
use postsale_server::edge::mail_out::Smtp;
use postsale_server::ground::db::{Bare, Done, Tx};
use postsale_server::ground::mail::MailOut;
use postsale_server::notify::jobs::{MAIL_TOKEN, deliver};
use postsale_server::notify::store::{self, Telling};
use postsale_testkit::{Kit, World, on_both};

use crate::smtp_sink::{Mood, Sink, chatterer};
use crate::talk_world::some_ticket;

fn telling(ticket: TicketId, kind: NoticeKind, turn: i64, email: Option<&str>) -> Telling<'_> {
    let values = [("number", "T-000001"), ("shop", "顺风面馆"), ("next", "今天内电话联系你"), ("agent", "小李"), ("words", "请重启一次")];
    let values: BTreeMap<_, _> = values.into_iter().map(|(k, v)| (k, v.to_owned())).collect();
    Telling { ticket, kind, changed: ticket.uuid(), turn, beside: false, asked: false, emergency: false, lang: Lang::Zh, email, values }
}

pub async fn tell(kit: &Kit, world: &World, ticket: TicketId, kind: NoticeKind, turn: i64) -> bool {
    world
        .write(kit, move |tx: &mut Tx<'_>| -> Done<bool> {
            Ok(store::tell(tx, &telling(ticket, kind, turn, Some("zhang@example.com")))?.is_some())
        })
        .await
}

fn out(sink: &Sink) -> Arc<dyn MailOut> {
    Arc::new(Smtp::new(&sink.url).unwrap())
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    mail.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {mail}")).trim()
}

on_both! {
    fn one_mail_per_change_however_often_it_is_told(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let sink = Sink::start();
        assert!(tell(&kit, &world, ticket, NoticeKind::Received, 1).await);
        assert!(!tell(&kit, &world, ticket, NoticeKind::Received, 1).await);
        assert!(tell(&kit, &world, ticket, NoticeKind::Reopened, 1).await);
        assert!(tell(&kit, &world, ticket, NoticeKind::Reopened, 2).await);
        // Two workers at once: each mail is handed over by one of them.
        let (a, b) = tokio::join!(deliver(&kit.house, out(&sink)), deliver(&kit.house, out(&sink)));
        assert_eq!(a.unwrap().sent + b.unwrap().sent, 3);
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 0);
        let mails = sink.mails();
        assert_eq!(mails.len(), 3);
        for mail in &mails {
            assert!(header(mail, "To:").contains("zhang@example.com"));
            assert_eq!(header(mail, "Auto-Submitted:"), "auto-generated");
            let id = header(mail, "Message-ID:").trim_matches(['<', '>']);
            let token = id.split('.').next().unwrap();
            assert_eq!(kit.house.seal.open(MAIL_TOKEN, token), Some(ticket.uuid()));
        }
    }
}

on_both! {
    fn a_repetition_carries_the_same_message_id(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let sink = Sink::start();
        sink.moods(&[Mood::Later, Mood::TakesAndHangsUp]);
        tell(&kit, &world, ticket, NoticeKind::SolvedPleaseConfirm, 1).await;
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 0);
        // Before its time nothing is tried again.
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 0);
        kit.later(SignedDuration::from_secs(30));
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 0);
        kit.later(SignedDuration::from_secs(120));
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 1);
        // The answer to the second attempt was lost, so there is a third: the receiver sees one message id twice.
        let ids: Vec<String> = sink.mails().iter().map(|m| header(m, "Message-ID:").to_owned()).collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[0], ids[1]);
        let told = world.read(&kit, move |tx| store::told(tx, ticket)).await;
        assert_eq!(told, [(NoticeKind::SolvedPleaseConfirm, Some("sent".to_owned()))]);
    }
}

on_both! {
    fn what_is_refused_for_good_is_shown_and_not_tried_again(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let sink = Sink::start();
        sink.moods(&[Mood::Refuses]);
        tell(&kit, &world, ticket, NoticeKind::Closed, 1).await;
        deliver(&kit.house, out(&sink)).await.unwrap();
        kit.later(SignedDuration::from_hours(48));
        deliver(&kit.house, out(&sink)).await.unwrap();
        let told = world.read(&kit, move |tx| store::told(tx, ticket)).await;
        assert_eq!(told, [(NoticeKind::Closed, Some("failed".to_owned()))]);
        assert_eq!(sink.mails().len(), 0);
    }
}

on_both! {
    fn a_server_that_is_away_is_tried_for_a_day_and_a_half(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        let nobody: Arc<dyn MailOut> = Arc::new(Smtp::new("smtp://127.0.0.1:1").unwrap());
        tell(&kit, &world, ticket, NoticeKind::Closed, 1).await;
        for _ in 0..MAX_ATTEMPTS {
            deliver(&kit.house, nobody.clone()).await.unwrap();
            kit.later(SignedDuration::from_hours(6));
        }
        let told = world.read(&kit, move |tx| store::told(tx, ticket)).await;
        assert_eq!(told, [(NoticeKind::Closed, Some("failed".to_owned()))]);
    }
}

on_both! {
    fn a_server_that_never_comes_to_the_end_keeps_no_mail(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        // No step takes its twenty seconds: only the whole has an end.
        let slow: Arc<dyn MailOut> = Arc::new(Smtp::within(&chatterer(), std::time::Duration::from_millis(200)).unwrap());
        tell(&kit, &world, ticket, NoticeKind::Closed, 1).await;
        let done = deliver(&kit.house, slow).await.unwrap();
        assert_eq!((done.tried, done.sent), (1, 0));
        let sink = Sink::start();
        kit.later(SignedDuration::from_hours(6));
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 1, "another attempt goes elsewhere");
    }
}

on_both! {
    fn a_holder_that_overslept_cannot_mark_what_another_sent(kit) {
        let world = World::new(&kit, "t1").await;
        let ticket = some_ticket(&kit, &world).await;
        tell(&kit, &world, ticket, NoticeKind::Closed, 1).await;
        let claim = async |now| {
            let work = move |bare: &mut Bare<'_>| {
                store::free(bare, now)?;
                store::claim(bare, now, &|_, n| format!("x.{n}@h"))
            };
            kit.house.db.bare_write(work).await.unwrap()
        };
        let slow = claim(kit.now()).await.unwrap();
        assert!(claim(kit.now()).await.is_none());
        kit.later(store::LEASE + SignedDuration::from_secs(1));
        let fast = claim(kit.now()).await.unwrap();
        assert_eq!(slow.message_id, fast.message_id);
        let (now, late) = (kit.now(), slow.clone());
        assert!(!kit.house.db.bare_write(move |bare| store::renew(bare, &late, now)).await.unwrap());
        assert!(!kit.house.db.bare_write(move |bare| store::sent(bare, &slow, now)).await.unwrap());
        assert!(kit.house.db.bare_write(move |bare| store::sent(bare, &fast, now)).await.unwrap());
    }
}

on_both! {
    fn receipts_to_one_address_end_while_the_page_still_tells(kit) {
        let world = World::new(&kit, "t1").await;
        let sink = Sink::start();
        for _ in 0..5 {
            let ticket = some_ticket(&kit, &world).await;
            assert!(tell(&kit, &world, ticket, NoticeKind::Received, 1).await);
        }
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 3);
        kit.later(SignedDuration::from_mins(61));
        let ticket = some_ticket(&kit, &world).await;
        tell(&kit, &world, ticket, NoticeKind::Received, 1).await;
        assert_eq!(deliver(&kit.house, out(&sink)).await.unwrap().sent, 1);
    }
}
