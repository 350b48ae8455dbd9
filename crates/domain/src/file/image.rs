//! Takes out of a picture what tells more than the picture: where and with what it was taken, thumbnails, remarks. Nothing is decoded: the
//! pieces of the file are walked, known ones are kept, so that no picture can blow up in memory here. Only how to turn a photo is kept.

use crate::ground::Refusal;
use crate::refuse;

use super::Kind;

/// Most pixels along a side, and in all.
const SIDE: u32 = 12_000;
const PIXELS: u64 = 50_000_000;

/// A picture without what it need not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// The picture of a file. Errors: `file.damaged`, `file.too_many_pixels`; other kinds than pictures are damaged ones.
pub fn picture(kind: Kind, bytes: &[u8]) -> Result<Picture, Refusal> {
    let read = match kind {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => png(bytes),
        Kind::Webp => webp(bytes),
        _ => None,
    };
    let Some(picture) = read.filter(|p| p.width > 0 && p.height > 0) else { return Err(refuse!(Invalid, "file.damaged")) };
    if picture.width > SIDE || picture.height > SIDE || u64::from(picture.width) * u64::from(picture.height) > PIXELS {
        return Err(refuse!(TooLarge, "file.too_many_pixels", width = picture.width, height = picture.height, most = PIXELS / 1_000_000));
    }
    Ok(picture)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Keeps JFIF, the colour transform, tables and scans; application data and remarks go.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut out = bytes.get(..2).filter(|start| start == &[0xff, 0xd8])?.to_vec();
    let (mut at, mut size, mut turn) = (2, None, None);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == 0xff {
            // Filling.
            at += 1;
            continue;
        }
        let length = usize::from(u16_at(bytes, at + 2)?);
        let segment = bytes.get(at..at + 2 + length).filter(|_| length >= 2)?;
        match marker {
            // The scan and everything after it is the picture itself; what hangs behind its end goes.
            0xda => {
                let end = bytes.windows(2).rposition(|w| w == [0xff, 0xd9]).filter(|end| *end > at)?;
                if let Some(turn) = turn {
                    // Directly behind the start, where readers look for it.
                    out.splice(2..2, turned(turn));
                }
                out.extend_from_slice(&bytes[at..end + 2]);
                let (width, height) = size?;
                return Some(Picture { bytes: out, width, height });
            }
            0xe1 => turn = turn.or_else(|| orientation(&segment[4..])),
            0xe0 | 0xee => out.extend_from_slice(segment),
            0xe2..=0xef | 0xfe => {}
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                size = Some((u32::from(u16_at(segment, 7)?), u32::from(u16_at(segment, 5)?)));
                out.extend_from_slice(segment);
            }
            0xc4 | 0xcc | 0xdb | 0xdd | 0xdc => out.extend_from_slice(segment),
            _ => return None,
        }
        at += 2 + length;
    }
}

/// How to turn the photo: the one thing in its EXIF data that belongs to the picture. 2 to 8.
fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II*\0");
    if !little && !tiff.starts_with(b"MM\0*") {
        return None;
    }
    let short = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let first = usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()?;
    for i in 0..usize::from(short(first)?).min(100) {
        let entry = first.checked_add(2 + i * 12)?;
        if short(entry)? == 0x0112 {
            return u8::try_from(short(entry + 8)?).ok().filter(|turn| (2..=8).contains(turn));
        }
    }
    None
}

/// EXIF data that says how to turn the photo, and nothing else.
fn turned(turn: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend_from_slice(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    segment.extend_from_slice(&[turn, 0, 0, 0, 0, 0, 0]);
    segment
}

/// Chunks of a PNG that make the picture.
const PNG_KEPT: [&[u8; 4]; 12] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"];
/// The same file written twice could otherwise differ by what nobody sees.
const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n";

fn png(bytes: &[u8]) -> Option<Picture> {
    let mut out = bytes.get(..8).filter(|start| *start == PNG_START)?.to_vec();
    let (mut at, mut size) = (8, None);
    loop {
        let length = usize::try_from(u32_at(bytes, at)?).ok()?;
        let name: &[u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let chunk = bytes.get(at..at.checked_add(length)?.checked_add(12)?)?;
        if name == b"IHDR" {
            size = Some((u32_at(chunk, 8)?, u32_at(chunk, 12)?));
        }
        if PNG_KEPT.contains(&name) {
            out.extend_from_slice(chunk);
        }
        at += chunk.len();
        if name == b"IEND" {
            let (width, height) = size?;
            return Some(Picture { bytes: out, width, height });
        }
    }
}

/// Keeps the frames and colours of a WebP; EXIF and XMP go, and the header stops announcing them.
fn webp(bytes: &[u8]) -> Option<Picture> {
    let inside = bytes.get(12..).filter(|_| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))?;
    let (mut kept, mut at, mut size) = (b"WEBP".to_vec(), 0, None);
    let little = |b: &[u8]| b.iter().rev().fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
    while at < inside.len() {
        let name: &[u8; 4] = inside.get(at..at + 4)?.try_into().ok()?;
        let length = usize::try_from(little(inside.get(at + 4..at + 8)?)).ok()?;
        let data = inside.get(at + 8..(at + 8).checked_add(length)?)?;
        match name {
            b"VP8X" => {
                size = Some((little(data.get(4..7)?) + 1, little(data.get(7..10)?) + 1));
                kept.extend_from_slice(&inside[at..at + 8]);
                // Neither EXIF (8) nor XMP (4) is in it any more.
                kept.push(data[0] & !0x0c);
                kept.extend_from_slice(&data[1..]);
            }
            b"VP8 " if size.is_none() => {
                size = Some((little(data.get(6..8)?) & 0x3fff, little(data.get(8..10)?) & 0x3fff));
                kept.extend_from_slice(&inside[at..at + 8 + length]);
            }
            b"VP8L" if size.is_none() => {
                let bits = little(data.get(1..5)?);
                size = Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1));
                kept.extend_from_slice(&inside[at..at + 8 + length]);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" => kept.extend_from_slice(&inside[at..at + 8 + length]),
            _ => {}
        }
        if length % 2 == 1 && kept.len() % 2 == 1 {
            kept.push(0);
        }
        at += 8 + length + length % 2;
    }
    let (width, height) = size?;
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&u32::try_from(kept.len()).ok()?.to_le_bytes());
    out.extend_from_slice(&kept);
    Some(Picture { bytes: out, width, height })
}
