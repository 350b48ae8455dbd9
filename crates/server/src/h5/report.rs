//! The page behind the sticker: what is known, what is wrong, one phone number.

use jiff::Timestamp;
use maud::{Markup, html};
use postsale_domain::ground::Lang;

use super::page::icon;
use super::progress::{lang, next, steps};
use super::words::Say;
use crate::ground::when;
use crate::view::shop::{Progress, Sticker};

/// The symptoms a merchant can tap, and what each does to business as far as one can tell.
pub const CHOICES: [&str; 5] = ["print", "card", "network", "power", "other"];

/// What the form holds; shown again as it was when something is missing.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Form {
    /// Makes a second submission of the same form the first one.
    pub nonce: String,
    /// One of [`CHOICES`], or empty.
    pub choice: String,
    /// Their words.
    pub text: String,
    /// Their phone.
    pub phone: String,
    /// Their name.
    pub name: String,
    /// The serial, on the page of an unknown sticker.
    pub serial: String,
}

/// A choice in words.
pub fn choice(say: Say, name: &str) -> &'static str {
    match name {
        "print" => say.t("choice.print"),
        "card" => say.t("choice.card"),
        "network" => say.t("choice.network"),
        "power" => say.t("choice.power"),
        _ => say.t("choice.other"),
    }
}

/// A choice as the symptom it stands for: fuller than the label on its button, so that people and triage understand it.
pub fn symptom(say: Say, name: &str) -> &'static str {
    match name {
        "print" => say.t("symptom.print"),
        "card" => say.t("symptom.card"),
        "network" => say.t("symptom.network"),
        "power" => say.t("symptom.power"),
        _ => say.t("choice.other"),
    }
}

/// What a merchant says: the symptom they tapped and their words; once, where the words say the symptom already.
pub fn told(say: Say, tapped: &str, words: &str) -> String {
    let tapped = Some(tapped).filter(|name| CHOICES.contains(name) && *name != "other").map(|name| (symptom(say, name), choice(say, name)));
    match tapped {
        None if words.is_empty() => choice(say, "other").to_owned(),
        None => words.to_owned(),
        Some((symptom, _)) if words.is_empty() => symptom.to_owned(),
        Some((symptom, label)) if words == label => symptom.to_owned(),
        Some((symptom, _)) if words.contains(symptom) => words.to_owned(),
        Some((symptom, _)) => format!("{symptom}{}{words}", if say.0 == Lang::Zh { "：" } else { ": " }),
    }
}

/// The form. `wrong` is a sentence about what is missing.
pub fn form(say: Say, path: &str, form: &Form, wrong: Option<&str>, known: Option<&Sticker>, now: Timestamp) -> Markup {
    html! {
        form method="post" enctype="multipart/form-data" novalidate action=(format!("{path}?lang={}", lang(say))) {
            section {
                @if let Some(since) = known.and_then(|k| k.offline_since) {
                    p.note { (say.f("report.offline", &[("at", &when::moment(say.0, since, now))])) }
                }
                @if known.is_none() {
                    @if path == "/r" { p.hint { (say.t("report.no_sticker")) } } @else { p.note { (say.t("report.unknown")) } }
                }
                @if let Some(wrong) = wrong { p.note role="alert" { (wrong) } }
                h2 { (say.t("report.title")) }
                input type="hidden" name="nonce" value=(form.nonce);
                div.grid {
                    @for name in CHOICES {
                        div.wide[name == "other"] {
                            input.v type="radio" name="choice" value=(name) id=(name) checked[form.choice == name];
                            label.pick for=(name) { (icon(name)) (choice(say, name)) }
                        }
                    }
                }
                label.l for="text" { (say.t("field.text")) " " i { (say.t("field.optional")) } }
                textarea #text name="text" maxlength="2000" placeholder=(say.t("field.text_hint")) { (form.text) }
                (photos(say))
                @if known.is_none() {
                    label.l for="serial" { (say.t("field.serial")) }
                    input.f #serial name="serial" maxlength="40" autocapitalize="characters" autocomplete="off" value=(form.serial) required;
                    p.hint { (say.t("field.serial_hint")) }
                }
                label.l for="phone" { (say.t("field.phone")) }
                input.f #phone name="phone" type="tel" inputmode="tel" autocomplete="tel" maxlength="20" value=(form.phone) required;
                label.l for="name" { (say.t("field.name")) " " i { (say.t("field.optional")) } }
                input.f #name name="name" autocomplete="name" maxlength="40" value=(form.name);
                p.hint.act { (say.t("form.mind")) }
                button.go.act { (say.t("report.submit")) }
            }
        }
    }
}

/// The page for a terminal whose report is being worked on: how it stands for everybody, the words only for who reported it.
pub fn already(say: Say, path: &str, progress: &Progress, wrong: Option<&str>, now: Timestamp) -> Markup {
    html! {
        section {
            h2 { (say.t("report.again_title")) " " span.meta { (progress.number) } }
            (steps(say, progress))
            p.next { (next(say, &progress.next.nameless(), now)) }
        }
        @if !progress.phone_tails.is_empty() {
            section {
                @if let Some(wrong) = wrong { p.note role="alert" { (wrong) } }
                form method="post" action=(format!("{path}/open?lang={}", lang(say))) {
                    p.meta { (say.t("report.code")) }
                    label.l for="tail" { (say.t("report.code_field")) }
                    input.f #tail name="tail" type="tel" inputmode="numeric" pattern="[0-9]{4}" maxlength="4" autocomplete="off" required;
                    button.go.act { (say.t("report.code_open")) }
                }
            }
        }
    }
}

/// A place for photos; a telephone offers its camera.
pub fn photos(say: Say) -> Markup {
    html! {
        p.l { (say.t("field.photos")) " " i { (say.t("field.optional")) } }
        // A browser writes its own language into such a field: it is there, and only our words are seen. Valid is what has a photo.
        label.file {
            input #photos type="file" name="photos" accept="image/jpeg,image/png,image/webp" aria-label=(say.t("field.photos")) aria-required="false" required multiple;
            span { (say.t("field.photos_pick")) }
            b { (say.t("field.photos_picked")) }
        }
        p.hint { (say.t("field.photos_hint")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        for (tapped, words, told_as) in [
            ("print", "", "打不出小票"),
            ("print", "小票全白", "打不出小票：小票全白"),
            ("print", "打不出小票", "打不出小票"),
            ("print", "今天打不出小票，换过纸了", "今天打不出小票，换过纸了"),
            ("print", "打不出", "打不出小票"),
            ("other", "响个不停", "响个不停"),
            ("other", "", "其他问题"),
            ("", "响个不停", "响个不停"),
        ] {
            assert_eq!(told(Say(Lang::Zh), tapped, words), told_as, "{tapped} {words}");
        }
    }
}
