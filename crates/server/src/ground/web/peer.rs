use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::house::House;

/// Where a request comes from: the other end of the connection, or, when that is a proxy we trust, what the proxy says.
/// Nobody else's headers are believed, and nothing that is not an address is taken. `None` inside the process.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub Option<IpAddr>);

impl FromRequestParts<House> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Infallible> {
        let other = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        Ok(Self(other.map(|other| behind(other, &parts.headers, &house.config.trusted_proxies))))
    }
}

/// The last address in `X-Forwarded-For` that is not itself a trusted proxy; each proxy appends whom it heard from.
fn behind(other: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut seen = other;
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).collect::<Vec<_>>();
    for name in named.into_iter().rev() {
        if !trusted.contains(&seen) {
            break;
        }
        let Ok(address) = name.trim().parse::<IpAddr>() else { break };
        seen = address.to_canonical();
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_addresses_are() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxy = [ip("10.0.0.1"), ip("10.0.0.2")];
        let table = [
            ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.1", "<script>alert(1)</script>", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ];
        for (other, header, seen) in table {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", header.parse().unwrap());
            headers.insert("cf-connecting-ip", "6.6.6.6".parse().unwrap());
            headers.insert("x-real-ip", "6.6.6.6".parse().unwrap());
            assert_eq!(behind(ip(other), &headers, &proxy), ip(seen), "{other} says {header}");
        }
    }
}
