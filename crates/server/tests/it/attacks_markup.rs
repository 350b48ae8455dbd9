//! XS-01 and XS-13: words that want to be pages. Hostile HTML by the hundred, made here by combination, comes in as mail or as a name and
//! is looked for in everything the house makes of it.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use postsale_domain::ground::{Role, TypedId};
use postsale_domain::inbox::LetterState;
use postsale_domain::ticket::TicketId;
use postsale_server::edge::mail_in;
use postsale_server::ground::db::{Query, p};
use postsale_server::inbox::store;
use postsale_server::notify::jobs::{PAGE_TOKEN, own_host};
use postsale_server::sql;
use postsale_testkit::{Client, Kit, World, on_both};
use tower::ServiceExt;

use crate::talk_world::some_terminal;

/// What a vector calls when it runs.
const CALL: &str = "pwned(1)";

/// Hostile pieces of HTML: tags with handlers in every manner of quoting, addresses with schemes in disguise, and both inside what
/// parsers read in another way.
fn vectors() -> Vec<String> {
    let tags = ["img", "svg", "body", "video", "audio", "iframe", "object", "embed", "details", "input", "marquee", "style", "select", "a"];
    let handlers = ["onerror", "onload", "onfocus", "ontoggle", "onpointerover"];
    let mut plain: Vec<String> = Vec::new();
    for tag in tags {
        for handler in handlers {
            for assign in [format!("={CALL}"), format!("=\"{CALL}\""), format!("='{CALL}'"), format!("\n=\t`{CALL}`")] {
                plain.push(format!("<{tag} src=x tabindex=1 autofocus {handler}{assign}>"));
            }
        }
    }
    let places = [
        ("a", "href"),
        ("form", "action"),
        ("button", "formaction"),
        ("iframe", "src"),
        ("object", "data"),
        ("embed", "src"),
        ("base", "href"),
        ("svg><use", "xlink:href"),
        ("svg><animate attributeName=href", "values"),
        ("svg><set attributeName=onload", "to"),
        ("math", "href"),
        ("link rel=stylesheet", "href"),
        ("meta http-equiv=refresh", "content"),
        ("body", "background"),
        ("video", "poster"),
        ("iframe", "srcdoc"),
    ];
    let encoded: String = CALL.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let schemes = [
        format!("javascript:{CALL}"),
        format!("JaVaScRiPt:{CALL}"),
        format!("java\tscript:{CALL}"),
        format!("&#x6A;avascript&colon;{encoded}"),
        format!("\u{1}javascript:{CALL}"),
        format!("vbscript:{CALL}"),
        format!("data:text/html,<script>{CALL}</script>"),
        format!("//evil.invalid/?{CALL}"),
    ];
    for (tag, name) in places {
        plain.extend(schemes.iter().map(|scheme| format!("<{tag} {name}=\"{scheme}\">here</{tag}>")));
    }
    let script = format!("<script>{CALL}</script>");
    plain.extend([
        script.clone(),
        script.to_uppercase(),
        format!("<script/x>{CALL}</script x>"),
        format!("<script>{CALL}"),
        format!("<<script>{CALL}//<</script>"),
    ]);
    let mut all = plain.clone();
    type Shell = fn(&str) -> String;
    let shells: [Shell; 9] = [
        |v| format!("<!--><{v}-->"),
        |v| format!("<svg><desc>{v}</desc></svg>"),
        |v| format!("<math><annotation-xml encoding=\"text/html\">{v}</annotation-xml></math>"),
        |v| format!("<noscript><p title=\"</noscript>{v}\"></noscript>"),
        |v| format!("<template>{v}</template>"),
        |v| format!("<title></title>{v}<textarea></textarea>{v}"),
        |v| v.replacen('<', "<\0", 1),
        // Tags that appear when the one inside is taken away.
        |v| v.replacen('<', "<scr<script>ipt", 1) + v,
        // Tags that appear when entities are read once, and twice.
        |v| v.replace('<', "&lt;").replace('>', "&gt;") + &v.replace('<', "&amp;lt;"),
    ];
    for (i, shell) in shells.iter().enumerate() {
        all.extend(plain.iter().skip(i).step_by(shells.len()).map(|v| shell(v)));
    }
    all
}

/// Kinds of tags in a page, each with the names of its attributes: what a browser would build, without the words.
fn kinds(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = page;
    while let Some((_, from)) = rest.split_once('<') {
        let (mut end, mut quote) = (from.len(), None);
        let mut bare = String::new();
        for (i, c) in from.char_indices() {
            match (quote, c) {
                (None, '>') => {
                    end = i;
                    break;
                }
                (None, '"' | '\'') => quote = Some(c),
                (Some(q), c) if q == c => quote = None,
                (None, c) => bare.push(c),
                (Some(_), _) => {}
            }
        }
        let mut words = bare.split(|c: char| c.is_whitespace() || c == '=').filter(|w| !w.is_empty());
        let tag = words.next().unwrap_or_default().to_owned();
        found.insert(tag.clone());
        // Without quotes a value would stand among the names; none of our pages has one, so it is a find like any other.
        found.extend(words.map(|name| format!("{tag} {name}")));
        rest = &from[end..];
    }
    found
}

/// A mail with this body, as far as a letter that was read.
async fn arrives(kit: &Kit, world: &World, n: usize, kind: &str, head: &str, body: &str) -> TicketId {
    let mail = format!(
        "From: \"{head}\" <shop{n}@example.com>\r\nSubject: {head} no paper\r\nMessage-ID: <xs{n}@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
    );
    let taken = mail_in::read(mail.as_bytes(), &own_host(&kit.house));
    let (letter, unreadable) = (taken.letter, taken.unreadable);
    let (id, _) = world.write(kit, move |tx| store::keep(tx, &letter, None, unreadable)).await;
    kit.settle().await;
    let kept = world.read(kit, move |tx| store::letter(tx, id)).await.unwrap();
    assert_eq!(kept.state, LetterState::Read, "{n} {kind}");
    kept.ticket_id.unwrap()
}

async fn page(kit: &Kit, nobody: &Client, ticket: TicketId) -> String {
    let answer = nobody.get(&format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, ticket.uuid()))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[test]
fn xs_01_there_are_as_many_vectors_as_the_catalogue_asks_for() {
    let all = vectors();
    let different: BTreeSet<&String> = all.iter().collect();
    assert!(different.len() >= 500, "{}", different.len());
    // The eye that looks for them sees them.
    let quiet = kinds("<p class=\"a\">x</p>");
    let blind: Vec<&&String> = different.iter().filter(|v| v.contains('<') && kinds(&format!("<p class=\"a\">{v}</p>")) == quiet).collect();
    assert_eq!(blind, Vec::<&&String>::new());
}

on_both! {
    fn xs_01_no_letter_becomes_part_of_a_page(kit) {
        let world = World::new(&kit, "t1").await;
        let agent = world.client(&kit, Role::Agent).await;
        let nobody = Client::new(&kit.house);
        let quiet = arrives(&kit, &world, 0, "text/plain", "shop", "no paper since noon\nand a second line").await;
        let allowed = kinds(&page(&kit, &nobody, quiet).await);
        let all = vectors();
        let (mut n, mut seen) = (0, 0);
        for kind in ["text/plain", "text/html"] {
            for some in all.chunks(40) {
                n += 1;
                let ticket = arrives(&kit, &world, n, kind, "<img src=x onerror=pwned(1)>", &some.join("\n")).await;
                let shown = page(&kit, &nobody, ticket).await;
                let strange: Vec<String> = kinds(&shown).difference(&allowed).cloned().collect();
                assert_eq!(strange, Vec::<String>::new(), "{kind} {n}");
                // It is all there, as words; the console gets it as a string in JSON.
                seen += shown.matches("&lt;").count();
                let told = agent.get(&format!("/api/v1/tickets/{ticket}")).await.expect(200);
                let symptom = told["ticket"]["symptom"].as_str().unwrap().to_owned();
                assert!(kind == "text/html" || symptom.contains("<iframe") || symptom.contains("<"), "{symptom}");
            }
        }
        assert!(seen > 500, "hostile words are shown at all: {seen}");
    }
}

on_both! {
    fn xs_13_what_is_printed_fetches_nothing(kit) {
        let world = World::new(&kit, "t1").await;
        some_terminal(&kit, &world).await;
        let agent = world.client(&kit, Role::Agent).await;
        let shop = agent.get("/api/v1/merchants").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let door = format!("/api/v1/merchants/{shop}/stickers");
        let calm = agent.get(&door).await.text;
        let hostile = "</title></style><style>@import url(//evil.invalid)</style><img src=file:///etc/passwd><iframe src=//evil.invalid></iframe>";
        world
            .write(&kit, move |tx| {
                let tenant = tx.tenant();
                tx.exec(sql!("UPDATE merchant SET name = $1 WHERE tenant_id = $2"), &[p(hostile), p(&tenant)])?;
                tx.exec(sql!("UPDATE store SET name = $1 WHERE tenant_id = $2"), &[p(hostile), p(&tenant)])
                    .map_err(Into::into)
            })
            .await;
        let request = agent.request(Method::GET, &door).body(Body::empty()).unwrap();
        let answer = postsale_server::http::router(kit.house.clone()).oneshot(request).await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'self'") && policy.contains("object-src 'none'"), "{policy}");
        let sheet = agent.get(&door).await.text;
        assert!(sheet.contains("&lt;iframe") && kinds(&sheet) == kinds(&calm), "{sheet}");
        // The only way out of it is the code's own address, for a finger; the house's styles fetch nothing.
        for tag in ["img", "image", "use", "link", "script", "iframe", "object", "embed", "base", "meta http-equiv"] {
            assert!(!kinds(&sheet).contains(tag), "{tag}");
        }
        let style = sheet.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
        assert!(sheet.split("href=\"").skip(1).all(|to| to.starts_with("http://postsale.test/r/")), "{sheet}");
    }
}
