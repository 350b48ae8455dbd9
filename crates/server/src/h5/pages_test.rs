use axum::http::StatusCode;
use postsale_domain::ground::{Lang, Text, Timestamp, TypedId};
use postsale_domain::knowledge::{Audience, GuideFacts, GuideRun, GuideView, answer, apply, start, view};
use postsale_domain::ticket::TicketState;
use postsale_domain::visit::Span;

use super::page::Page;
use super::progress::{Said, framed, page};
use super::report::{Form, already, form};
use super::words::Say;
use crate::view::appointment::Appointment;
use crate::view::shop::{Line, Next, Progress, Sticker, Survey, steps};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-24T12:52:00+08:00")
}

fn sample(state: TicketState, next: Next) -> Progress {
    let words =
        |mine, who: &str, body: &str, when| Line::Words { mine, who: who.into(), at: at(when), body: body.into(), files: Vec::new() };
    Progress {
        id: TypedId::from_uuid(uuid::Uuid::from_u128(1)),
        number: "T-000831".into(),
        place: "顺风面馆·柜台".into(),
        terminal: Some(("A920".into(), "…7745".into())),
        item: None,
        state,
        status: postsale_domain::ground::Text { zh: "正在调主板".into(), en: "A board is on its way".into() },
        opened_at: at("2026-11-24T12:41:00+08:00"),
        steps: steps(state, state != TicketState::Triaged, state == TicketState::Visit, matches!(next, Next::Send(..))),
        next: next.clone(),
        visited: state == TicketState::Visit,
        to_send: matches!(next, Next::Send(..)),
        appointment: (state == TicketState::Visit).then(|| Appointment {
            order: TypedId::from_uuid(uuid::Uuid::from_u128(4)),
            version: 3,
            window: match next {
                Next::Visit(from, to, _) => Some(Span { from, to }),
                _ => None,
            },
            may: Ok(2),
        }),
        code: (state == TicketState::Visit).then(|| "480213".into()),
        quote: None,
        thread: vec![
            words(true, "张老板", "打不出：小票全白，午市排队了 <script>alert(1)</script>", "2026-11-24T12:41:00+08:00"),
            Line::Event { code: "registered".into(), at: at("2026-11-24T12:41:00+08:00") },
            words(false, "小李", "你好，看到了。请把纸卷换个方向装，光滑的一面朝打印头，再打一张。", "2026-11-24T12:46:00+08:00"),
            Line::Event { code: "triaged".into(), at: at("2026-11-24T12:41:00+08:00") },
        ],
        survey: (state == TicketState::Closed).then_some(Survey::Open),
        guide_offered: state == TicketState::Triaged,
        phone_tails: vec!["5521".into()],
    }
}

fn sticker() -> Sticker {
    Sticker {
        terminal: TypedId::from_uuid(uuid::Uuid::from_u128(2)),
        place: "顺风面馆·柜台".into(),
        model: "A920".into(),
        serial_tail: "…7745".into(),
        coverage: Text {
            zh: "在保，至2027-03-01。非人为损坏免费维修。".into(),
            en: "Covered until 2027-03-01. Repairs are free unless the damage was caused by people.".into(),
        },
        offline_since: Some(at("2026-11-23T21:10:00+08:00")),
        open: None,
    }
}

/// The second step of the shipped printer guide.
fn guide() -> GuideView {
    let printer = crate::knowledge::facts().guide("printer").unwrap();
    let mut run = GuideRun::new(TypedId::from_uuid(uuid::Uuid::from_u128(3)));
    let facts = GuideFacts::new();
    for event in start(printer, &facts) {
        apply(&mut run, &event, now(), "");
    }
    for event in answer(printer, &run, &facts, "what", "blank", None).unwrap() {
        apply(&mut run, &event, now(), "");
    }
    view(printer, &run, Audience::Merchant)
}

fn all(lang: Lang) -> Vec<(&'static str, Page<'static>)> {
    let say = Say(lang);
    let known = sticker();
    let open = |state, next, guide: Option<GuideView>| {
        let p: &'static Progress = Box::leak(Box::new(sample(state, next)));
        framed(say, p, "/m/token", "报修 T-000831", page(say, p, guide.as_ref(), Said::Nothing, "/m/token", now()), now())
    };
    let head = |body| Page {
        say,
        title: "报修",
        head: "顺风面馆·柜台",
        under: vec!["A920 …7745".into(), known.coverage.in_lang(lang).to_owned()],
        path: "/r/c",
        body,
    };
    let (from, to) = (at("2026-11-26T14:00:00+08:00"), at("2026-11-26T16:00:00+08:00"));
    vec![
        ("report", head(form(say, "/r/c", &Form { choice: "print".into(), ..Form::default() }, None, Some(&known), now()))),
        (
            "unknown",
            Page {
                say,
                title: "x",
                head: say.t("report.unknown_title"),
                under: Vec::new(),
                path: "/r/c",
                body: form(say, "/r/c", &Form::default(), Some(say.t("form.phone")), None, now()),
            },
        ),
        ("already", head(already(say, "/r/c", &sample(TicketState::Remote, Next::Respond(at("2026-11-24T14:10:00+08:00"))), None, now()))),
        ("triaged", open(TicketState::Triaged, Next::Respond(at("2026-11-24T14:10:00+08:00")), None)),
        ("remote", open(TicketState::Remote, Next::Respond(at("2026-11-24T14:10:00+08:00")), Some(guide()))),
        ("visit", open(TicketState::Visit, Next::Visit(from, to, "王师傅".into()), None)),
        ("to choose", open(TicketState::Visit, Next::VisitOpen, None)),
        ("to send", open(TicketState::Triaged, Next::Send(Some(to), true), None)),
        ("solved", open(TicketState::Solved, Next::Solved, None)),
        ("closed", open(TicketState::Closed, Next::Closed, None)),
    ]
}

#[tokio::test]
async fn every_page_is_small_and_carries_no_script() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (name, page) in all(lang) {
            let response = page.answer(StatusCode::OK);
            let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            if let Some(folder) = std::env::var_os("H5_OUT") {
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}-{tag}.html")), &text).unwrap();
            }
            assert!(text.len() < 15 * 1024, "{name}: {} bytes", text.len());
            assert!(!text.contains("<script") && !text.contains("style=") && !text.contains("—</"), "{name}: {text}");
            assert!(text.contains(r#"<link rel="icon" href="/favicon.svg""#), "a page without an icon asks for one that is not there");
            assert!(policy.contains("default-src 'none'") && policy.contains("'sha256-") && !policy.contains("unsafe"));
            // Neither codes nor a whole serial, and every form names its language.
            assert!(!text.contains("82100012"), "{name}");
            for form in text.split("<form").skip(1).filter_map(|rest| rest.split('>').next()) {
                assert!(form.contains("method=\"post\"") && form.contains(&format!("?lang={tag}\"")), "{name}: {form}");
            }
        }
    }
}

#[test]
fn whoever_scans_the_sticker_is_not_told_who_comes() {
    let (from, to) = (at("2026-11-26T14:00:00+08:00"), at("2026-11-26T16:00:00+08:00"));
    for (next, told) in [
        (Next::Visit(from, to, "王师傅".into()), "下一步：工程师11-26 周四 14:00–16:00上门"),
        (Next::OnTheWay("王师傅".into()), "工程师已出发"),
        (Next::There("王师傅".into()), "工程师已到店"),
    ] {
        let text = already(Say(Lang::Zh), "/r/c", &sample(TicketState::Visit, next), None, now()).into_string();
        assert!(!text.contains("王师傅") && text.contains(told), "{text}");
    }
}
