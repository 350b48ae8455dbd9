//! **file**: what may come along with words, how large, under which name.
//!
//! Owns: limits, the kinds that are taken, names, and what is taken out of pictures. Never: reads a file's words; a card number on
//! a photo stays there, only text is masked. Who knocks: the flow, with bytes somebody sent.

mod image;
#[cfg(test)]
mod image_test;
mod rules;
#[cfg(test)]
mod rules_test;

pub use image::{Picture, picture};
pub use rules::{
    DAY_BYTES, FILE_BYTES, Kind, MERCHANT_FILES, MERCHANT_FILES_DAY, PART_BYTES, TICKET_BYTES, TICKET_FILES, UNFINISHED, clean_name, judge,
};

crate::ids! {
    /// A file that came along with words on a ticket.
    AttachmentId = "att";
    /// A file on its way here, in parts.
    UploadId = "upl";
}
