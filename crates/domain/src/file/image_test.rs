use super::*;

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), data].concat()
}

/// A photo as a telephone takes it: where, with what, turned, and a word of the maker.
fn photo(width: u16, height: u16) -> Vec<u8> {
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x99\0\0\0GPS 31.22N 121.54E";
    let frame = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    [
        vec![0xff, 0xd8],
        segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xe1, exif),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta GPS/>"),
        segment(0xfe, b"GPS in a remark"),
        segment(0xc0, &frame),
        segment(0xda, b"\x01\x01\0\0\x3f\0"),
        b"scan\xff\0data\xff\xd9behind the end: GPS".to_vec(),
    ]
    .concat()
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], name, data, b"crc!"].concat()
}

fn shot(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"tEXt", b"Location\0GPS"),
        chunk(b"eXIf", b"GPS"),
        chunk(b"IDAT", b"pixels"),
        chunk(b"IEND", b""),
        b"GPS behind the end".to_vec(),
    ]
    .concat()
}

fn web(width: u16, height: u16) -> Vec<u8> {
    let part = |name: &[u8; 4], data: &[u8]| {
        let mut all = [&name[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data].concat();
        all.resize(all.len() + data.len() % 2, 0);
        all
    };
    let side = |n: u16| (u32::from(n) - 1).to_le_bytes()[..3].to_vec();
    let wide = [vec![0x0c, 0, 0, 0], side(width), side(height)].concat();
    let inside =
        [b"WEBP".to_vec(), part(b"VP8X", &wide), part(b"VP8 ", b"picture"), part(b"EXIF", b"GPS"), part(b"XMP ", b"<GPS/>")].concat();
    [&b"RIFF"[..], &u32::try_from(inside.len()).unwrap().to_le_bytes(), &inside].concat()
}

fn tells_where(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|w| w == b"GPS")
}

#[test]
fn pictures_lose_where_they_were_taken_and_nothing_else() {
    for (kind, bytes) in [(Kind::Jpeg, photo(3000, 4000)), (Kind::Png, shot(3000, 4000)), (Kind::Webp, web(3000, 4000))] {
        assert!(tells_where(&bytes));
        let clean = picture(kind, &bytes).unwrap();
        assert_eq!((clean.width, clean.height), (3000, 4000), "{kind:?}");
        assert!(!tells_where(&clean.bytes), "{kind:?}");
        // Clean twice is clean once.
        assert_eq!(picture(kind, &clean.bytes).unwrap(), clean, "{kind:?}");
    }
}

#[test]
fn a_photo_is_still_turned_the_right_way() {
    let clean = picture(Kind::Jpeg, &photo(30, 40)).unwrap().bytes;
    let marker = clean.windows(4).position(|w| w == b"Exif").unwrap();
    // One entry, orientation, short, one value: 6.
    assert_eq!(&clean[marker + 14..marker + 28], b"\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    assert!(clean.windows(4).any(|w| w == b"scan"));
}

#[test]
fn at_08_bombs_are_refused_before_anything_is_decoded() {
    for (kind, bytes) in [
        (Kind::Png, shot(60_000, 60_000)),
        (Kind::Jpeg, photo(20_000, 20)),
        (Kind::Webp, web(11_000, 11_000)),
        (Kind::Png, shot(u32::MAX, u32::MAX)),
    ] {
        assert_eq!(picture(kind, &bytes).unwrap_err().code, "file.too_many_pixels", "{kind:?}");
    }
}

#[test]
fn whatever_is_cut_or_bent_is_damaged_and_never_a_panic() {
    for (kind, bytes) in [(Kind::Jpeg, photo(30, 40)), (Kind::Png, shot(30, 40)), (Kind::Webp, web(30, 40))] {
        for end in 0..bytes.len() {
            if let Ok(cut) = picture(kind, &bytes[..end]) {
                assert!(!tells_where(&cut.bytes), "{kind:?} cut at {end}");
            }
            let mut bent = bytes.clone();
            bent[end] ^= 0xff;
            let _ = picture(kind, &bent);
        }
        assert_eq!(picture(kind, b"").unwrap_err().code, "file.damaged");
        assert_eq!(picture(Kind::Pdf, &bytes).unwrap_err().code, "file.damaged");
    }
}
