//! The short-lived cookies that lead to what the server keeps for a browser, and the cookies of a request.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use jiff::SignedDuration;
use tower_sessions::cookie::{Cookie, SameSite, time};

/// Makes cookies.
#[derive(Clone, Copy)]
pub(super) struct Cookies {
    /// Whether browsers come over https.
    pub secure: bool,
}

impl Cookies {
    /// The full name of a cookie: with a prefix that keeps other hosts from setting it, where browsers come over https.
    pub fn name(self, name: &str) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// The header that sets a cookie for this long. Scripts cannot read it.
    pub fn set(self, name: &str, value: &str, age: SignedDuration) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.name(name), value))
            .path("/")
            .max_age(time::Duration::seconds(age.as_secs()))
            .same_site(SameSite::Lax)
            .http_only(true)
            .secure(self.secure);
        HeaderValue::from_str(&cookie.to_string()).ok()
    }

    /// The value of a cookie that [`Self::set`] has set.
    pub fn get(self, headers: &HeaderMap, name: &str) -> Option<String> {
        let name = self.name(name);
        all(headers)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
    }

    /// The values of the cookies that [`Self::set`] has set under names that begin so.
    pub fn get_all(self, headers: &HeaderMap, prefix: &str) -> Vec<String> {
        let prefix = self.name(prefix);
        all(headers)
            .filter(|cookie| cookie.name().starts_with(&prefix))
            .map(|cookie| cookie.value().to_owned())
            .collect()
    }
}

/// The cookies of a request.
pub(super) fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
}
