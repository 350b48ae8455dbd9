//! A mail server that keeps what it is given and can be told to misbehave.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How the server answers the end of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes it and says so.
    Takes,
    /// Takes it and hangs up before saying so: the lost 250.
    TakesAndHangsUp,
    /// Not now.
    Later,
    /// Never.
    Refuses,
}

#[derive(Default)]
struct Kept {
    mails: Vec<String>,
    moods: Vec<Mood>,
}

/// The running server.
#[derive(Clone)]
pub struct Sink {
    kept: Arc<Mutex<Kept>>,
    /// Its address for `POSTSALE_SMTP_URL`.
    pub url: String,
}

impl Sink {
    /// Starts it on a free port of this machine; it ends with the test process.
    pub fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Sink { kept: Arc::default(), url: format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port()) };
        let kept = sink.kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        sink
    }

    /// The moods of the next messages, in order; afterwards it takes everything.
    pub fn moods(&self, moods: &[Mood]) {
        self.kept.lock().unwrap().moods = moods.to_vec();
    }

    /// What it has been given, in order.
    pub fn mails(&self) -> Vec<String> {
        self.kept.lock().unwrap().mails.clone()
    }
}

/// A server that greets a letter at a time and never comes to the end, so that no step of a conversation takes too long. Its address.
pub fn chatterer() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                while stream.write_all(b"2").is_ok() {
                    std::thread::park_timeout(std::time::Duration::from_millis(5));
                }
            });
        }
    });
    url
}

fn serve(stream: TcpStream, kept: &Mutex<Kept>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    write!(out, "220 sink\r\n").ok()?;
    loop {
        line.clear();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => write!(out, "250-sink\r\n250 8BITMIME\r\n").ok()?,
            "DATA" => {
                write!(out, "354 go on\r\n").ok()?;
                let mut mail = String::new();
                loop {
                    line.clear();
                    if lines.read_line(&mut line).ok()? == 0 {
                        return None;
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                let mood = {
                    let mut kept = kept.lock().unwrap();
                    let mood = if kept.moods.is_empty() { Mood::Takes } else { kept.moods.remove(0) };
                    if matches!(mood, Mood::Takes | Mood::TakesAndHangsUp) {
                        kept.mails.push(mail);
                    }
                    mood
                };
                match mood {
                    Mood::Takes => write!(out, "250 taken\r\n").ok()?,
                    Mood::TakesAndHangsUp => return out.shutdown(std::net::Shutdown::Both).ok(),
                    Mood::Later => write!(out, "451 not now\r\n").ok()?,
                    Mood::Refuses => write!(out, "550 never\r\n").ok()?,
                }
            }
            "QUIT" => {
                write!(out, "221 bye\r\n").ok()?;
                return None;
            }
            _ => write!(out, "250 ok\r\n").ok()?,
        }
    }
}
