//! The sticker on a terminal: a square code that opens the merchant's page, alone and as a sheet to print.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use postsale_domain::ground::{Lang, TypedId, tail};
use postsale_domain::terminal::TerminalId;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::ground::db::{DbError, Done, Stop};
use crate::ground::texts;
use crate::house::House;

/// Sheets of three by seven labels, 63.5 × 38.1 mm, as sold for A4; nothing but the labels is printed.
const STYLE: &str = "@page{size:A4;margin:15.1mm 7.2mm}*{box-sizing:border-box}body{margin:0;font:3.2mm/1.35 system-ui,sans-serif;color:#000;background:#fff}\
header{padding:4mm}header p{margin:1mm 0}main{display:grid;grid-template-columns:repeat(3,63.5mm);column-gap:2.5mm}\
article{height:38.1mm;padding:3mm;display:flex;gap:3mm;align-items:center;break-inside:avoid;overflow:hidden}article svg{width:30mm;height:30mm;flex:none}\
article b{display:block;font-size:4mm}article span{display:block;overflow-wrap:anywhere}@media print{header{display:none}}@media screen{article{outline:1px dashed #999}}";

/// A terminal whose sticker is printed.
#[derive(Debug, Clone)]
pub struct Label {
    /// Which terminal.
    pub id: TerminalId,
    /// Serial number.
    pub serial_no: String,
    /// Model.
    pub model: String,
    /// Where it stands.
    pub store_name: String,
}

/// The address a terminal's sticker opens.
pub fn link(house: &House, id: TerminalId) -> String {
    format!("{}/r/{}", house.config.public_url(), house.seal.sign(super::STICKER_TOKEN, id.uuid()))
}

/// The square code of an address, as SVG. A quarter of it may be scratched away.
pub fn svg(address: &str) -> Done<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::Q)
        .map_err(|e| Stop::Db(DbError::Other(format!("the address of a sticker cannot be drawn, POSTSALE_PUBLIC_URL is too long: {e}"))))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build())
}

/// A page of stickers, ready to print.
pub fn sheet(house: &House, lang: Lang, merchant: &str, labels: &[Label]) -> Done<Markup> {
    let say = |code: &str| texts::sentence(lang, code, &std::collections::BTreeMap::new());
    let mut drawn = Vec::with_capacity(labels.len());
    for label in labels {
        let address = link(house, label.id);
        drawn.push((label, svg(&address)?, address));
    }
    let language = if lang == Lang::Zh { "zh-CN" } else { "en" };
    Ok(html! {
        (DOCTYPE)
        html lang=(language) {
            head { meta charset="utf-8"; title { (say("sticker.title")) " " (merchant) } style { (PreEscaped(STYLE)) } }
            body {
                header {
                    h1 { (merchant) }
                    p { (say("sticker.how")) }
                    @if drawn.is_empty() { p { (say("sticker.none")) } }
                }
                main {
                    @for (label, code, address) in &drawn {
                        article {
                            a href=(address) { (PreEscaped(code.split_once("?>").map_or(code.as_str(), |(_, svg)| svg))) }
                            div {
                                b { "扫码报修" }
                                span { "Scan to report a fault" }
                                span { (label.store_name) }
                                span { (label.model) " " (tail(&label.serial_no)) }
                            }
                        }
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_picture_and_a_hopeless_address_an_accident() {
        let picture = svg("https://postsale.example/r/0123456789abcdef").unwrap();
        assert_eq!((picture.matches("<svg").count(), picture.matches("</svg>").count()), (1, 1));
        assert!(svg(&"x".repeat(3000)).is_err());
    }
}
