//! What the next page has to say, on its way from the form to that page: kept here under a random
//! key, which a short-lived cookie holds, and taken once.
//!
//! It is not in the session record, because requests that run side by side write the whole record
//! back: one of them could undo the taking, or the keeping.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::flash::Flash;
use axum::http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use super::visits::cookies;

/// How long it waits for its page.
const PATIENCE: Duration = Duration::from_mins(10);

/// How many wait at most: anybody can fail to sign in.
const MOST: usize = 2048;

/// What waits, by its key.
#[derive(Clone, Default)]
pub struct Flashes(Arc<Mutex<HashMap<Uuid, Kept>>>);

struct Kept {
    flash: Flash,
    at: Instant,
}

impl Flashes {
    /// Keeps it, and returns the cookie that leads to it.
    pub(super) fn keep(&self, flash: Flash, secure: bool) -> Option<HeaderValue> {
        let key = Uuid::new_v4();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, kept| kept.at.elapsed() < PATIENCE);
        }
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        kept.insert(
            key,
            Kept {
                flash,
                at: Instant::now(),
            },
        );
        let (name, end) = if secure {
            (name(true), "; Secure")
        } else {
            (name(false), "")
        };
        let age = PATIENCE.as_secs();
        HeaderValue::from_str(&format!(
            "{name}={key}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{end}"
        ))
        .ok()
    }

    /// Takes what waits for this request's browser, so that nobody gets it again.
    pub(super) fn take(&self, headers: &HeaderMap, secure: bool) -> Option<Flash> {
        let key = cookies(headers, name(secure)).find_map(|key| key.parse::<Uuid>().ok())?;
        let kept = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key)?;
        (kept.at.elapsed() < PATIENCE).then_some(kept.flash)
    }
}

const fn name(secure: bool) -> &'static str {
    if secure { "__Host-flash" } else { "flash" }
}

#[cfg(test)]
mod tests {
    use app::flash::Done;
    use axum::http::header::COOKIE;

    use super::*;

    fn headers(cookie: &HeaderValue) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, cookie.clone())])
    }

    #[test]
    fn it_is_taken_once() {
        let flashes = Flashes::default();
        let cookie = flashes
            .keep(Flash::Done(Done::new("ana is locked.")), false)
            .expect("a cookie");
        assert!(flashes.take(&headers(&cookie), false).is_some());
        assert!(flashes.take(&headers(&cookie), false).is_none());
    }

    #[test]
    fn only_so_many_wait_and_the_oldest_goes_first() {
        let flashes = Flashes::default();
        let keep = || {
            flashes
                .keep(Flash::Done(Done::default()), false)
                .expect("a cookie")
        };
        let oldest = keep();
        let others: Vec<_> = (0..MOST).map(|_| keep()).collect();
        assert!(flashes.take(&headers(&oldest), false).is_none());
        assert!(
            others
                .iter()
                .all(|cookie| flashes.take(&headers(cookie), false).is_some())
        );
    }
}
