//! The address of the client, which a proxy in front of the portal names in a header.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Where a proxy names the client, after those that the proxies before it named.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The networks of proxies that may name the client. What others send is ignored: it could be anything.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// The proxies of these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Whether this is the address of such a proxy.
    pub(super) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: the last one in the header that is no trusted proxy's, where the connection comes from
    /// a trusted proxy.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values = headers.get_all(FORWARDED_FOR).iter();
        let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        for name in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            if !self.contain(client) {
                break;
            }
            // What is no address hides what stands before it.
            let Some(address) = parse(name) else { break };
            client = address;
        }
        client
    }
}

/// An address, with or without a port.
fn parse(name: &str) -> Option<IpAddr> {
    let name = name.trim();
    let address = name.parse::<IpAddr>().ok();
    let address = address.or_else(|| name.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let address = address.or_else(|| name.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(peer: &str, headers: &[&str], expected: &str) {
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|network| network.parse().expect("a network"));
        let proxies = TrustedProxies::new(networks.to_vec());
        let peer = peer.parse().expect("an address");
        let mut sent = HeaderMap::new();
        for value in headers {
            sent.append(FORWARDED_FOR, HeaderValue::from_str(value).expect("a value"));
        }
        assert_eq!(
            proxies.client(peer, &sent).to_string(),
            expected,
            "{peer} {headers:?}"
        );
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn the_client_is_the_last_one_that_is_no_proxy() {
        check(
            "10.0.0.1",
            &["203.0.113.9, 198.51.100.7, 10.2.0.1"],
            "198.51.100.7",
        );
        check(
            "10.0.0.1",
            &["203.0.113.9", "198.51.100.7", "10.2.0.1"],
            "198.51.100.7",
        );
        check("10.0.0.1", &["10.2.0.1, 10.3.0.1"], "10.2.0.1");
        check("2001:db8::1", &["[2001:db9::7]:443, 2001:db8::2"], "2001:db9::7");
        check("10.0.0.1", &["198.51.100.7:8080"], "198.51.100.7");
        check("10.0.0.1", &["[2001:db9::7]"], "2001:db9::7");
    }

    #[test]
    fn what_is_no_address_is_not_passed_over() {
        check("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.7, , 10.2.0.1"], "10.2.0.1");
    }
}
