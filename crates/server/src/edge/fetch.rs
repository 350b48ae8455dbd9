//! HTTP to addresses that people typed in. Whoever can name an address could otherwise use the house to reach what stands behind its
//! walls, so: https to the public internet only, unless the operator named the host; the name is resolved once, every address it has
//! is judged, and the connection goes to one that was judged, so that a name cannot change its mind in between; no redirect is
//! followed; answers are short and must come soon.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use postsale_domain::ground::is_public;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::ground::config::Config;
use crate::ground::trust;

/// Everything, from the look-up of the name to the last byte.
const TIME_LIMIT: Duration = Duration::from_secs(8);
/// Most bytes of an answer.
const ANSWER_LIMIT: usize = 256 * 1024;

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfetched {
    /// The address is not one the house goes to.
    #[error("not allowed: {0}")]
    Barred(String),
    /// The other side is not there, or does not speak as it should.
    #[error("{0}")]
    Away(String),
}

/// Goes out.
pub struct Fetch {
    tls: TlsConnector,
    /// Hosts, perhaps with a port, that may stand in a network of the house's own and be spoken to without TLS.
    inside: Vec<String>,
}

impl Fetch {
    /// Trusts the usual authorities, and those of `POSTSALE_CA_FILE`. Errors: that file cannot be read.
    pub fn new(config: &Config) -> Result<Self, String> {
        let mut roots = trust::usual();
        if let Some(path) = &config.ca_file {
            trust::add(&mut roots, path).map_err(|e| format!("POSTSALE_CA_FILE {}: {e}", path.display()))?;
        }
        let tls = trust::client(roots)?;
        Ok(Self { tls: TlsConnector::from(Arc::new(tls)), inside: config.inside_hosts.clone() })
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unfetched> {
        match tokio::time::timeout(TIME_LIMIT, self.go(request)).await {
            Ok(done) => done,
            Err(_) => Err(Unfetched::Away(format!("no answer within {} seconds", TIME_LIMIT.as_secs()))),
        }
    }

    async fn go(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unfetched> {
        let target = Target::of(request.uri())?;
        let trusted = target.among(&self.inside);
        if !trusted && !target.tls {
            return Err(Unfetched::Barred("only https goes out".into()));
        }
        let stream = TcpStream::connect(&*target.judged(trusted).await?).await.map_err(|e| Unfetched::Away(e.to_string()))?;
        if target.tls {
            let name = ServerName::try_from(target.host.clone()).map_err(|e| Unfetched::Barred(e.to_string()))?;
            let stream = self.tls.connect(name, stream).await.map_err(|e| Unfetched::Away(e.to_string()))?;
            speak(stream, request, &target).await
        } else {
            speak(stream, request, &target).await
        }
    }
}

/// Where a request goes.
struct Target {
    tls: bool,
    host: String,
    port: u16,
}

impl Target {
    fn of(uri: &Uri) -> Result<Self, Unfetched> {
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(Unfetched::Barred("neither https nor http".into())),
        };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err(Unfetched::Barred("no host".into()));
        }
        Ok(Self { tls, host, port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }) })
    }

    fn among(&self, inside: &[String]) -> bool {
        let whole = format!("{}:{}", self.host, self.port);
        inside.iter().any(|known| known.eq_ignore_ascii_case(&self.host) || known.eq_ignore_ascii_case(&whole))
    }

    /// The addresses of the host. One that is not public bars the host: a name with a public and a private address is a trick.
    async fn judged(&self, trusted: bool) -> Result<Vec<SocketAddr>, Unfetched> {
        let found: Vec<SocketAddr> = match self.host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, self.port)],
            Err(_) => {
                let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
                found.map_err(|_| Unfetched::Away(format!("{} is no known host", self.host)))?.collect()
            }
        };
        if !trusted && !found.iter().all(|a| is_public(a.ip())) {
            return Err(Unfetched::Barred(format!("{} stands inside", self.host)));
        }
        Ok(found)
    }
}

async fn speak<S>(stream: S, request: Request<Vec<u8>>, target: &Target) -> Result<Response<Vec<u8>>, Unfetched>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let away = |e: &dyn std::fmt::Display| Unfetched::Away(e.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| away(&e))?;
    // Ends when the sender is dropped, which is when the answer has been read or given up.
    tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    let host = parts.uri.authority().map_or(target.host.as_str(), |a| a.as_str());
    parts.headers.insert(header::HOST, HeaderValue::from_str(host).map_err(|e| away(&e))?);
    parts.uri = parts.uri.path_and_query().map_or_else(|| Uri::from_static("/"), |path| Uri::from(path.clone()));
    let response = sender.send_request(Request::from_parts(parts, Full::new(Bytes::from(body)))).await.map_err(|e| away(&e))?;
    let (parts, body) = response.into_parts();
    let bytes = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|e| Unfetched::Away(e.to_string()))?.to_bytes();
    Ok(Response::from_parts(parts, bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(address: &str) -> Request<Vec<u8>> {
        Request::get(address).body(Vec::new()).unwrap()
    }

    #[tokio::test]
    async fn wh_01_nothing_inside_is_reached_by_any_name_it_has() {
        let fetch = Fetch::new(&Config::default()).unwrap();
        for address in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0.0.0.0/",
            "https://localhost/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00:ec2::254]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://169.254.169.254/latest/meta-data",
            "https://0xa9fea9fe/",
            "https://2852039166/",
            "https://0251.0376.0251.0376/",
            "https://[::ffff:169.254.169.254]/",
            "https://100.64.0.1/",
            "https://100.100.100.200/",
            "https://10.0.0.7:8443/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "http://93.184.216.34/",
            "https://user@127.0.0.1/",
            "ftp://example.com/",
        ] {
            assert!(matches!(fetch.send(get(address)).await, Err(Unfetched::Barred(_))), "{address}");
        }
        // Not every system knows this name; to none does it lead inside.
        assert!(fetch.send(get("https://localhost./")).await.is_err());
    }

    #[tokio::test]
    async fn wh_04_and_wh_06_a_host_the_operator_named_may_stand_inside_and_redirects_and_floods_end_there() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let routes = axum::Router::new()
            .route("/long", axum::routing::get(|| async { "x".repeat(ANSWER_LIMIT + 1) }))
            .route("/away", axum::routing::get(|| async { axum::response::Redirect::to("http://127.0.0.1:1/") }))
            .fallback(|uri: Uri| async move { uri.to_string() });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let here = |inside: String| Fetch::new(&Config { inside_hosts: vec![inside], ..Config::default() }).unwrap();
        let fetch = here(format!("127.0.0.1:{port}"));
        let answer = fetch.send(get(&format!("http://127.0.0.1:{port}/a?b=c"))).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (200, b"/a?b=c".as_slice()));
        assert_eq!(fetch.send(get(&format!("http://127.0.0.1:{port}/away"))).await.unwrap().status(), 303, "nobody follows");
        assert!(matches!(fetch.send(get(&format!("http://127.0.0.1:{port}/long"))).await, Err(Unfetched::Away(_))));
        let other = here("127.0.0.1:1".into());
        assert!(
            matches!(other.send(get(&format!("http://127.0.0.1:{port}/"))).await, Err(Unfetched::Barred(_))),
            "another port is another host"
        );
        assert!(matches!(other.send(get("http://127.0.0.1:1/")).await, Err(Unfetched::Away(_))), "nobody is there");
    }
}
