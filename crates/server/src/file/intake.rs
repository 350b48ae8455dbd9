//! Bytes somebody sent, made into a kept file: judged, cleaned, written, and only then worth a row.

use postsale_domain::file::{clean_name, judge, picture};
use postsale_domain::ground::Refusal;

use super::store::Fresh;
use crate::ground::blob::Blobs;
use crate::ground::db::{DbError, Stop};

/// What a file is, under a safe name, without what a picture need not tell; its bytes. Errors: those of [`judge`] and [`picture`].
pub fn judged(name: &str, bytes: Vec<u8>) -> Result<(Fresh, Vec<u8>), Refusal> {
    let kind = judge(&bytes, infer::get(&bytes).map(|found| found.mime_type()))?;
    let (bytes, size) = if kind.is_picture() {
        let clean = picture(kind, &bytes)?;
        (clean.bytes, Some((clean.width, clean.height)))
    } else {
        (bytes, None)
    };
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok((Fresh { name: clean_name(name, kind), kind, bytes: length, sha256: String::new(), size }, bytes))
}

/// Judges and keeps a file. Blocking: not for an async thread, and never inside a transaction.
pub fn keep(blobs: &Blobs, name: &str, bytes: Vec<u8>) -> Result<Fresh, Stop> {
    let (fresh, bytes) = judged(name, bytes)?;
    let sha256 = blobs.put(&bytes).map_err(|e| Stop::Db(DbError::Unavailable(format!("a file could not be kept: {e}"))))?;
    Ok(Fresh { sha256, ..fresh })
}
