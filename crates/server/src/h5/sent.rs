//! What a form of the merchant's pages sends: words, and photos where it has a place for them.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use postsale_domain::file::{FILE_BYTES, MERCHANT_FILES};
use postsale_domain::ground::Refusal;
use postsale_domain::inbox::MAX_BODY;
use postsale_domain::refuse;
use serde::de::DeserializeOwned;

use super::words::Say;
use crate::ground::web::{Problem, lang_of};
use crate::house::House;

/// Most bytes of a form with photos.
pub const FORM_BYTES: usize = 24 << 20;

/// A photo: its name and its bytes.
pub type Photo = (String, Vec<u8>);

/// A form that was sent, as plain fields or with photos.
pub struct Sent<T> {
    /// The words.
    pub fields: T,
    /// The photos; at most [`MERCHANT_FILES`].
    pub photos: Vec<Photo>,
}

impl<T: DeserializeOwned + Default> FromRequest<House> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, house: &House) -> Result<Self, Response> {
        let say = Say(lang_of(request.headers()));
        let no = |refusal: &Refusal| super::handle::refused(say, "/r", &Problem::refused(say.0, refusal));
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        if !kind.starts_with("multipart/form-data") {
            let form = axum::extract::Form::<T>::from_request(request, house).await.map_err(IntoResponse::into_response)?;
            return Ok(Self { fields: form.0, photos: Vec::new() });
        }
        let mut form = Multipart::from_request(request, house).await.map_err(IntoResponse::into_response)?;
        let (mut fields, mut photos) = (BTreeMap::new(), Vec::new());
        while let Some(field) = form.next_field().await.map_err(IntoResponse::into_response)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
            match file {
                // A place for a photo that was left empty comes without a name and without bytes.
                Some(_) if bytes.is_empty() => {}
                Some(_) if photos.len() >= MERCHANT_FILES => return Err(no(&refuse!(TooLarge, "file.too_many", most = MERCHANT_FILES))),
                Some(_) if bytes.len() as u64 > FILE_BYTES => {
                    return Err(no(&refuse!(TooLarge, "file.too_large", most_mib = FILE_BYTES >> 20)));
                }
                Some(file) => photos.push((file, bytes.to_vec())),
                // A character has four bytes at most; what is too long by little is cut and said where it is kept.
                None if bytes.len() > 4 * MAX_BODY => {
                    return Err(no(&refuse!(TooLarge, "text.length", limit = MAX_BODY).field(name)));
                }
                None => {
                    fields.insert(name, String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
        let fields = serde_json::to_value(fields).and_then(serde_json::from_value).unwrap_or_default();
        Ok(Self { fields, photos })
    }
}
