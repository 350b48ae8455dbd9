//! Mail out: SMTP, or a maildir where no mail server is at hand (the demo).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::ground::config::Config;
use crate::ground::mail::{Mail, MailError, MailOut};

/// Longest any single step of a conversation with a mail server may take.
const STEP_LIMIT: Duration = Duration::from_secs(20);
/// Longest a conversation may take as a whole: a server that says a little now and then never lets a step run out.
const WHOLE_LIMIT: Duration = Duration::from_secs(300);

/// The way out this installation is configured for. Errors: an SMTP address that is none, or one that would send passwords or mail
/// in the clear to another machine.
pub fn from_config(config: &Config) -> Result<Box<dyn MailOut>, String> {
    match &config.smtp_url {
        Some(url) => Ok(Box::new(Smtp::new(url)?)),
        None => Ok(Box::new(Maildir::new(config.data_dir.join("mail")))),
    }
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    limit: Duration,
}

impl Smtp {
    /// `smtps://user:password@host`, `smtp://host:587?tls=required`, or `smtp://127.0.0.1:25` on the same machine. Elsewhere
    /// encryption is not optional: a connection that cannot be encrypted, or a certificate that does not fit, ends the attempt.
    pub fn new(url: &str) -> Result<Self, String> {
        Self::within(url, WHOLE_LIMIT)
    }

    /// The same with a limit of one's own for a conversation as a whole.
    pub fn within(url: &str, limit: Duration) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("POSTSALE_SMTP_URL starts with smtp:// or smtps://")?;
        let host = rest.split(['/', '?']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
        let here = matches!(host, "localhost" | "127.0.0.1" | "::1");
        if scheme != "smtps" && !here && !rest.contains("tls=required") {
            return Err("POSTSALE_SMTP_URL must be smtps:// or carry ?tls=required: mail is not sent in the clear".into());
        }
        // The error of the library repeats the address, and with it the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let builder = builder.map_err(|_| "POSTSALE_SMTP_URL is not an address of a mail server".to_owned())?;
        Ok(Self { transport: builder.timeout(Some(STEP_LIMIT)).build(), limit })
    }
}

impl MailOut for Smtp {
    fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(mail)?;
        match Handle::current().block_on(timeout(self.limit, self.transport.send(message))) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
            Ok(Err(error)) => Err(MailError::Later(error.to_string())),
            Err(_) => Err(MailError::Later(format!("no end after {} s", self.limit.as_secs()))),
        }
    }
}

/// A folder in maildir form: each mail a file under `new/`.
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    /// Mail goes to `folder/new`; the folders are made with the first mail.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        for part in ["tmp", "new", "cur"] {
            std::fs::create_dir_all(self.folder.join(part))?;
        }
        let draft = self.folder.join("tmp").join(name);
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // The name is the message id, so a repetition replaces the mail instead of doubling it.
        std::fs::rename(draft, self.folder.join("new").join(name))?;
        sync(&self.folder.join("new"))
    }
}

fn sync(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

impl MailOut for Maildir {
    fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let bytes = message(mail)?.formatted();
        let name: String = mail.message_id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')).collect();
        self.write(&name, &bytes).map_err(|e| MailError::Later(e.to_string()))
    }
}

/// The mail as it goes over the wire. Says that a machine wrote it, so that no other machine answers.
fn message(mail: &Mail) -> Result<Message, MailError> {
    let refused = |what: &str| MailError::Refused(format!("{what} is not an address"));
    let from: Mailbox = mail.from.parse().map_err(|_| refused("the sender"))?;
    let to: Address = mail.to.parse().map_err(|_| refused("the receiver"))?;
    let mut builder = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(mail.subject.as_str())
        .message_id(Some(format!("<{}>", mail.message_id)))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "OOF, DR, RN, NRN, AutoReply".into()));
    let known: Vec<String> = mail.answers.iter().filter(|id| is_id(id)).map(|id| format!("<{id}>")).collect();
    if let Some(last) = known.last() {
        builder = builder.in_reply_to(last.clone()).references(known.join(" "));
    }
    let built = if mail.files.is_empty() {
        builder.header(ContentType::TEXT_PLAIN).body(mail.body.clone())
    } else {
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.body.clone()));
        for file in &mail.files {
            let media = ContentType::parse(file.media).unwrap_or(ContentType::TEXT_PLAIN);
            parts = parts.singlepart(Attachment::new(file.name.clone()).body(file.bytes.clone(), media));
        }
        builder.multipart(parts)
    };
    built.map_err(|e| MailError::Refused(e.to_string()))
}

/// Message ids of strangers go into our headers only when nothing in them could end one.
fn is_id(id: &str) -> bool {
    id.len() <= 250 && id.contains('@') && id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::mail::MailFile;

    fn mail() -> Mail {
        Mail {
            from: "服务台 <service@desk.example>".into(),
            to: "zhang@example.com".into(),
            subject: "已收到报修T-000831：顺风面馆".into(),
            body: "下一步：电话联系\n.\n\nhttp://x/m/1\n".into(),
            message_id: "0a.ntc_1@desk.example".into(),
            answers: vec!["first@example.com".into(), "bad\r\nBcc: a@b".into(), "last@example.com".into()],
            files: Vec::new(),
        }
    }

    #[test]
    fn a_mail_says_who_wrote_it_and_what_it_answers() {
        let text = String::from_utf8(message(&mail()).unwrap().formatted()).unwrap();
        for line in [
            "Message-ID: <0a.ntc_1@desk.example>",
            "In-Reply-To: <last@example.com>",
            "References: <first@example.com> <last@example.com>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("Bcc"), "{text}");
        let read = crate::edge::mail_in::read(text.as_bytes(), "desk.example");
        assert_eq!((read.letter.subject, read.letter.body.trim()), (mail().subject, mail().body.trim()));
        assert!(read.letter.own && read.letter.automatic.is_some());
    }

    #[test]
    fn files_go_along_under_their_names() {
        let file = MailFile { name: "说明\".pdf".into(), media: "application/pdf", bytes: b"%PDF-1.7 words".to_vec() };
        let text = String::from_utf8(message(&Mail { files: vec![file], ..mail() }).unwrap().formatted()).unwrap();
        let read = crate::edge::mail_in::read(text.as_bytes(), "desk.example");
        assert_eq!(read.letter.body.trim(), mail().body.trim());
        let came: Vec<_> = read.letter.attachments.iter().map(|a| (a.name.as_str(), a.media.as_str(), a.bytes)).collect();
        assert_eq!(came, [("说明\".pdf", "application/pdf", 14)]);
    }

    #[test]
    fn headers_cannot_be_smuggled_in() {
        for (subject, to) in [("x\r\nBcc: a@b", "zhang@example.com"), ("x", "zhang@example.com\r\nBcc: a@b"), ("x", "a@b, c@d"), ("x", "")]
        {
            let sent = message(&Mail { subject: subject.into(), to: to.into(), ..mail() });
            let text = sent.map(|m| String::from_utf8(m.formatted()).unwrap()).unwrap_or_default();
            assert!(!text.lines().any(|l| l.starts_with("Bcc")), "{text}");
        }
        assert!(matches!(message(&Mail { to: "nobody".into(), ..mail() }), Err(MailError::Refused(_))));
    }

    #[test]
    fn mail_is_not_sent_in_the_clear_to_another_machine() {
        for url in ["smtp://mail.example.com", "smtp://u:p@mail.example.com:25?tls=opportunistic", "mail.example.com", "http://127.0.0.1"] {
            assert!(Smtp::new(url).is_err(), "{url}");
        }
        for url in ["smtps://u:p@mail.example.com", "smtp://mail.example.com?tls=required", "smtp://127.0.0.1:2525", "smtp://localhost"] {
            assert!(Smtp::new(url).is_ok(), "{url}");
        }
        assert!(!Smtp::new("ftp://u:secret@127.0.0.1").err().unwrap().contains("secret"));
    }

    #[test]
    fn a_maildir_keeps_one_file_per_mail() {
        let folder = tempfile::tempdir().unwrap();
        let out = Maildir::new(folder.path().join("mail"));
        out.send(&mail()).unwrap();
        out.send(&mail()).unwrap();
        out.send(&Mail { message_id: "0a.ntc_2@desk.example/../../x".into(), ..mail() }).unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("mail/new")).unwrap().count(), 2);
        assert_eq!(std::fs::read_dir(folder.path().join("mail/tmp")).unwrap().count(), 0);
    }
}
