//! The way to a PostgreSQL server: a socket, with TLS around it where the address asks for that.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use postgres_protocol::message::frontend;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use socket2::{Domain, SockAddr, Socket, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::DbError;
use super::handle::Target;
use super::postgres::wrap;
use crate::ground::trust;

const PORT: u16 = 5432;

/// The host behind an address that is spoken to across a network and without TLS, if there is one. Errors: the address means nothing.
pub fn in_the_open(url: &str) -> Result<Option<String>, DbError> {
    match Target::parse(url)? {
        Target::Sqlite(_) => Ok(None),
        Target::Postgres(url) => Ok(Address::parse(&url)?.in_the_open()),
    }
}

/// Where a server is, as its address says.
pub(super) struct Address {
    pub(super) config: Config,
    tls: Option<Arc<ClientConfig>>,
}

impl Address {
    /// Reads `postgres://…`. `sslmode` is `disable` or `prefer` (neither encrypts), or one of `require`, `verify-ca` and `verify-full`, which
    /// all do the strictest of them: encrypted, with a certificate of the host's name. `sslrootcert` is a file with the authorities that
    /// may have signed it, in place of the usual ones.
    pub(super) fn parse(url: &str) -> Result<Self, DbError> {
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut told, mut roots) = (Vec::new(), None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslrootcert", file)) => roots = Some(PathBuf::from(percent_decode_str(file).decode_utf8_lossy().into_owned())),
                Some(("sslmode", "verify-ca" | "verify-full")) => told.push("sslmode=require"),
                _ => told.push(pair),
            }
        }
        let mut config: Config = format!("{place}?{}", told.join("&")).parse().map_err(wrap)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        // A link that has died without a word is noticed by keepalives when idle, and by this when something was sent.
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(40));
        let mut tls = None;
        if config.get_ssl_mode() == SslMode::Require {
            let roots = match roots {
                Some(file) => trust::only(&file).map_err(|e| DbError::Other(format!("sslrootcert={}: {e}", file.display())))?,
                None => trust::usual(),
            };
            tls = Some(Arc::new(trust::client(roots).map_err(DbError::Other)?));
            // Below, not by the library.
            config.ssl_mode(SslMode::Disable);
        }
        Ok(Self { config, tls })
    }

    /// The first of its hosts that is spoken to across a network and without TLS.
    fn in_the_open(&self) -> Option<String> {
        let near = |name: &str| name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.config.get_hosts().iter().find_map(|host| match host {
            Host::Tcp(name) if self.tls.is_none() && !near(name) => Some(name.clone()),
            _ => None,
        })
    }

    /// The sockets of its hosts, each connected when its turn comes.
    pub(super) fn streams(&self) -> impl Iterator<Item = Result<Stream, DbError>> {
        let ports = self.config.get_ports();
        self.config.get_hosts().iter().enumerate().flat_map(move |(i, host)| {
            let port = ports.get(i).or(ports.first()).copied().unwrap_or(PORT);
            self.of_host(i, host, port)
        })
    }

    fn of_host(&self, i: usize, host: &Host, port: u16) -> Box<dyn Iterator<Item = Result<Stream, DbError>> + '_> {
        let lost = |e: io::Error| DbError::Unavailable(e.to_string());
        let name = match host {
            Host::Unix(folder) => {
                // Nobody listens in between.
                let path = folder.join(format!(".s.PGSQL.{port}"));
                return Box::new(std::iter::once_with(move || self.limited(unix(path)).map(Stream::Plain).map_err(lost)));
            }
            Host::Tcp(name) => name.clone(),
        };
        let addresses = match self.config.get_hostaddrs().get(i) {
            Some(address) => Ok(vec![SocketAddr::new(*address, port)]),
            None => (name.as_str(), port).to_socket_addrs().map(Iterator::collect),
        };
        match addresses {
            Err(error) => Box::new(std::iter::once(Err(lost(error)))),
            Ok(addresses) => Box::new(addresses.into_iter().map(move |address| {
                let socket = self.limited(tcp(&self.config, address)).map_err(lost)?;
                match &self.tls {
                    None => Ok(Stream::Plain(socket)),
                    Some(tls) => encrypted(socket, tls, &name),
                }
            })),
        }
    }

    /// Until it is introduced, it waits no longer than for a connection.
    fn limited(&self, socket: io::Result<Socket>) -> io::Result<Socket> {
        let socket = socket?;
        socket.set_read_timeout(self.config.get_connect_timeout().copied())?;
        Ok(socket)
    }
}

fn unix(path: PathBuf) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, socket2::Type::STREAM, None)?;
    socket.connect(&SockAddr::unix(path)?)?;
    Ok(socket)
}

fn tcp(config: &Config, address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), socket2::Type::STREAM, None)?;
    match config.get_connect_timeout() {
        Some(timeout) => socket.connect_timeout(&address.into(), *timeout)?,
        None => socket.connect(&address.into())?,
    }
    socket.set_tcp_nodelay(true)?;
    if config.get_keepalives() {
        let mut idle = TcpKeepalive::new().with_time(config.get_keepalives_idle());
        if let Some(interval) = config.get_keepalives_interval() {
            idle = idle.with_interval(interval);
        }
        if let Some(retries) = config.get_keepalives_retries() {
            idle = idle.with_retries(retries);
        }
        socket.set_tcp_keepalive(&idle)?;
    }
    // What was sent and is not acknowledged for that long ends the connection.
    socket.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
    Ok(socket)
}

/// Asks the server to speak TLS and sees who it is. Not a byte of what we say goes before that.
fn encrypted(mut socket: Socket, tls: &Arc<ClientConfig>, name: &str) -> Result<Stream, DbError> {
    let failed = |e: &dyn std::fmt::Display| DbError::Unavailable(format!("TLS with {name}: {e}"));
    let mut request = bytes::BytesMut::new();
    frontend::ssl_request(&mut request);
    // One byte and no more: what came behind it unencrypted would be read as if it had come encrypted.
    let mut answer = [0];
    socket.write_all(&request).and_then(|()| socket.read_exact(&mut answer)).map_err(|e| failed(&e))?;
    if answer != *b"S" {
        return Err(failed(&"the server does not speak it (ssl = on in postgresql.conf), and sslmode asks for it"));
    }
    let host = ServerName::try_from(name.to_owned()).map_err(|e| failed(&e))?;
    let mut session = ClientConnection::new(tls.clone(), host).map_err(|e| failed(&e))?;
    while session.is_handshaking() {
        session.complete_io(&mut socket).map_err(|e| match e.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => failed(&format_args!(
                "its certificate is not accepted ({why}); name the file of its authority with sslrootcert, and the host as the certificate does"
            )),
            _ => failed(&e),
        })?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(session, socket))))
}

/// A connected socket. It is ready when it returns: what waits here waits on a thread of its own.
pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    /// From now on an answer may take as long as it takes.
    pub(super) fn wait_long(&self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(session) => &session.sock,
        }
        .set_read_timeout(None)
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(room),
            Self::Tls(session) => session.read(room),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(session) => session.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(session) => session.flush(),
        }
    }
}

/// As the library's introduction wants it.
impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = self.read(room.initialize_unfilled());
        Poll::Ready(read.map(|n| room.advance(n)))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.write(bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_whether_the_road_is_open() {
        let table = [
            ("postgres://u@db.example/x", Some("db.example")),
            ("postgres://u@db.example/x?sslmode=prefer", Some("db.example")),
            ("postgres://u@127.0.0.1,db.example/x?sslmode=disable", Some("db.example")),
            ("postgres://u@db.example/x?sslmode=require", None),
            ("postgres://u@db.example/x?application_name=a&sslmode=verify-ca", None),
            ("postgres://u@db.example/x?sslmode=verify-full&connect_timeout=3", None),
            ("postgres://u@localhost/x", None),
            ("postgres://u@[::1]/x", None),
            ("postgres://u@%2Fvar%2Frun%2Fpostgresql/x", None),
            ("sqlite:///x.db", None),
        ];
        for (url, open) in table {
            assert_eq!(in_the_open(url).unwrap().as_deref(), open, "{url}");
        }
        for wrong in [
            "postgres://u@h/x?sslmode=full",
            "postgres://u@h/x?sslcert=me.pem",
            "postgres://u@h/x?sslmode=require&sslrootcert=%2Fnowhere.pem",
        ] {
            assert!(in_the_open(wrong).is_err(), "{wrong}");
        }
    }
    #[test]
    fn a_server_without_tls_hears_nothing_more() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("postgres://u@{}/x?sslmode=require", server.local_addr().unwrap());
        let heard = std::thread::spawn(move || {
            let mut heard = Vec::new();
            let (mut client, _) = server.accept().unwrap();
            client.write_all(b"N").unwrap();
            client.read_to_end(&mut heard).unwrap();
            heard
        });
        let stream = Address::parse(&address).unwrap().streams().next().unwrap();
        assert!(matches!(stream, Err(DbError::Unavailable(why)) if why.contains("ssl = on")));
        // Eight bytes: how many they are, and the number that asks for TLS.
        assert_eq!(heard.join().unwrap(), [0, 0, 0, 8, 4, 210, 22, 47]);
    }
}
