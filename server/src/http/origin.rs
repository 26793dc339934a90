//! The origin check: a request that is not a `GET` has to come from a page of this portal.
//!
//! This is the protection against cross-site request forgery. Browsers send `Sec-Fetch-Site` and `Origin` with every
//! `POST`; a request with neither is refused.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

/// The origins that forms may come from.
#[derive(Clone, Debug)]
pub struct AllowedOrigins {
    origins: Arc<BTreeSet<String>>,
    secure: bool,
}

impl AllowedOrigins {
    /// The portal's public origin. On loopback its other names are allowed as well, because people type `localhost`
    /// for `127.0.0.1`.
    pub fn of(public_url: &Url) -> Self {
        let mut origins = BTreeSet::from([public_url.origin().ascii_serialization()]);
        let loopback = ["127.0.0.1", "localhost", "[::1]"];
        if public_url.scheme() == "http" && public_url.host_str().is_some_and(|host| loopback.contains(&host))
        {
            let port = public_url.port_or_known_default().unwrap_or(80);
            let names = loopback
                .iter()
                .filter_map(|host| Url::parse(&format!("http://{host}:{port}")).ok());
            origins.extend(names.map(|url| url.origin().ascii_serialization()));
        }
        Self {
            origins: Arc::new(origins),
            secure: public_url.scheme() == "https",
        }
    }

    /// Whether browsers connect over https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The path and query of an address of this portal.
    pub fn local_path(&self, address: &str) -> Option<String> {
        let url = Url::parse(address).ok()?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        self.origins
            .contains(&url.origin().ascii_serialization())
            .then_some(path)
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site");
        let origin = headers.get(header::ORIGIN);
        let is_ours =
            |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| self.origins.contains(origin));
        (site.is_some() || origin.is_some())
            && site.is_none_or(|site| site == "same-origin")
            && origin.is_none_or(is_ours)
    }
}

/// Refuses a request that may change something and does not come from a page of this portal.
pub(super) async fn check(State(origins): State<AllowedOrigins>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || origins.allows(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request from another origin");
    let words = "This request did not come from a page of the portal, so it was not carried out. Open the portal at \
                 its own address and try again.";
    (StatusCode::FORBIDDEN, words).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public_url: &str, headers: &[(&'static str, &str)], expected: bool) {
        let origins = AllowedOrigins::of(&Url::parse(public_url).expect("an address"));
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.parse().expect("a name"),
                    HeaderValue::from_str(value).expect("a value"),
                )
            })
            .collect();
        assert_eq!(origins.allows(&headers), expected, "{public_url} {headers:?}");
    }

    #[test]
    fn only_our_own_pages_may_change_anything() {
        let portal = "https://portal.example.com";
        check(portal, &[], false);
        check(portal, &[("origin", portal)], true);
        check(portal, &[("sec-fetch-site", "same-origin")], true);
        check(
            portal,
            &[("origin", portal), ("sec-fetch-site", "same-origin")],
            true,
        );
        check(
            portal,
            &[("origin", portal), ("sec-fetch-site", "cross-site")],
            false,
        );
        check(
            portal,
            &[
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "same-origin"),
            ],
            false,
        );
        check(portal, &[("sec-fetch-site", "same-site")], false);
        check(portal, &[("sec-fetch-site", "none")], false);
        check(portal, &[("origin", "null")], false);
        check(portal, &[("origin", "http://portal.example.com")], false);
        check(
            portal,
            &[("origin", "https://portal.example.com.evil.example")],
            false,
        );
        check(portal, &[("origin", "https://portal.example.com:8443")], false);
    }

    #[test]
    fn every_name_of_loopback_is_allowed_at_one_port() {
        let portal = "http://127.0.0.1:3000";
        check(portal, &[("origin", "http://localhost:3000")], true);
        check(portal, &[("origin", "http://[::1]:3000")], true);
        check(portal, &[("origin", "http://localhost:3001")], false);
        check(portal, &[("origin", "http://localhost.evil.example:3000")], false);
    }

    #[test]
    fn only_addresses_of_the_portal_have_a_local_path() {
        let origins = AllowedOrigins::of(&Url::parse("https://portal.example.com").expect("an address"));
        assert_eq!(
            origins.local_path("https://portal.example.com/users?q=a"),
            Some("/users?q=a".to_owned())
        );
        assert_eq!(origins.local_path("https://evil.example/users"), None);
        assert_eq!(origins.local_path("/users"), None);
    }
}
