use serde::{Deserialize, Serialize};

use crate::ground::Refusal;
use crate::refuse;

/// Most bytes of a file: ten MiB.
pub const FILE_BYTES: u64 = 10 << 20;
/// Most files of a ticket.
pub const TICKET_FILES: i64 = 60;
/// Most bytes of all files of a ticket: 120 MiB.
pub const TICKET_BYTES: i64 = 120 << 20;
/// Most bytes a tenant takes in a day: two GiB. Beyond it somebody fills the disk.
pub const DAY_BYTES: i64 = 2 << 30;
/// Most bytes of one part of an upload: one MiB.
pub const PART_BYTES: usize = 1 << 20;
/// Uploads one person may have begun and not finished.
pub const UNFINISHED: i64 = 20;
/// Photos a merchant may send with one report or message.
pub const MERCHANT_FILES: usize = 3;
/// Photos that come in by one sticker or one report's page within a day.
pub const MERCHANT_FILES_DAY: i64 = 20;

/// What a file is, by its content. What is not here is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FileKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A photo.
    Jpeg,
    /// A picture, a screenshot.
    Png,
    /// A picture.
    Webp,
    /// A document.
    Pdf,
    /// Plain text, a log.
    Text,
    /// A Word document without macros.
    Docx,
    /// A table without macros.
    Xlsx,
    /// A recording.
    Mp3,
    /// A recording.
    M4a,
    /// A film.
    Mp4,
}

impl Kind {
    /// The media type it is sent as.
    pub fn media(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
            Kind::Pdf => "application/pdf",
            Kind::Text => "text/plain; charset=utf-8",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Mp3 => "audio/mpeg",
            Kind::M4a => "audio/mp4",
            Kind::Mp4 => "video/mp4",
        }
    }

    /// The ending its name carries, whatever the sender called it.
    pub fn ending(self) -> &'static str {
        match self {
            Kind::Jpeg => "jpg",
            Kind::Png => "png",
            Kind::Webp => "webp",
            Kind::Pdf => "pdf",
            Kind::Text => "txt",
            Kind::Docx => "docx",
            Kind::Xlsx => "xlsx",
            Kind::Mp3 => "mp3",
            Kind::M4a => "m4a",
            Kind::Mp4 => "mp4",
        }
    }

    /// Whether it can be shown as a picture.
    pub fn is_picture(self) -> bool {
        matches!(self, Kind::Jpeg | Kind::Png | Kind::Webp)
    }
}

/// The harmless text every virus scanner knows, so that people can try whether anything is stopped.
const EICAR: &[u8] = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

/// Decides what a file is. `sniffed` is the media type its content speaks for, none when nothing does. Errors: `file.empty`,
/// `file.too_large`, `file.dangerous`, `file.macros`, `file.kind`.
pub fn judge(bytes: &[u8], sniffed: Option<&str>) -> Result<Kind, Refusal> {
    if bytes.is_empty() {
        return Err(refuse!(Invalid, "file.empty"));
    }
    if bytes.len() as u64 > FILE_BYTES {
        return Err(refuse!(TooLarge, "file.too_large", most_mib = FILE_BYTES >> 20));
    }
    if contains(bytes, EICAR) {
        return Err(refuse!(Invalid, "file.dangerous"));
    }
    let kind = match sniffed {
        Some("image/jpeg") => Kind::Jpeg,
        Some("image/png") => Kind::Png,
        Some("image/webp") => Kind::Webp,
        Some("application/pdf") => Kind::Pdf,
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document") => Kind::Docx,
        Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") => Kind::Xlsx,
        Some("audio/mpeg") => Kind::Mp3,
        Some("audio/m4a" | "audio/mp4") => Kind::M4a,
        Some("video/mp4") => Kind::Mp4,
        None if is_text(bytes) => Kind::Text,
        _ => return Err(refuse!(Invalid, "file.kind")),
    };
    if matches!(kind, Kind::Docx | Kind::Xlsx) && contains(bytes, b"vbaProject.bin") {
        return Err(refuse!(Invalid, "file.macros"));
    }
    Ok(kind)
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// Plain words: UTF-8 without control characters, and nothing a browser or a shell would run.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(16).collect::<String>().to_ascii_lowercase();
    let runs = ["<", "#!", "%!", "@echo", "powershell"].iter().any(|start| head.starts_with(start));
    !runs && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Most characters of a name without its ending.
const NAME: usize = 100;

/// A name that is safe to show, to store and to save under: no folders, nothing that turns the direction of writing or cannot be seen, not too
/// long, and with the ending the content has.
pub fn clean_name(given: &str, kind: Kind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .map(|c| if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    let seen = seen.trim().trim_matches('.').trim();
    let stem = match seen.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 8 && ending.chars().all(|c| c.is_ascii_alphanumeric()) => stem,
        _ => seen,
    };
    let stem: String = stem.trim_end_matches('.').chars().take(NAME).collect();
    let reserved = ["con", "prn", "aux", "nul"].contains(&stem.to_ascii_lowercase().as_str());
    let stem = if stem.is_empty() || reserved { format!("file{}{stem}", if stem.is_empty() { "" } else { "-" }) } else { stem };
    format!("{stem}.{}", kind.ending())
}

/// Characters without a shape of their own: they turn the direction of writing, join, or only take room.
fn turns(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}
