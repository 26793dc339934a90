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

/// How many wait at most for people who are not signed in: anybody can fail to sign in. What they typed is kept in
/// part alone.
const MOST_OF_STRANGERS: usize = 2048;

/// How many wait at most for one person, who can have several tabs open. Each may hold a whole form.
const MOST_OF_ONE: usize = 8;

/// What waits, by its key.
#[derive(Clone, Default)]
pub struct Flashes(Arc<Mutex<HashMap<Uuid, Kept>>>);

struct Kept {
    flash: Flash,
    /// The user name of whom it is for; none for somebody who is not signed in.
    owner: Option<String>,
    at: Instant,
}

impl Flashes {
    /// Keeps it for this person, and returns the cookie that leads to it. Too many of one person's push out that
    /// person's oldest, and nobody else's.
    pub(super) fn keep(&self, flash: Flash, owner: Option<&str>, secure: bool) -> Option<HeaderValue> {
        let key = Uuid::new_v4();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| kept.at.elapsed() < PATIENCE);
        let most = owner.map_or(MOST_OF_STRANGERS, |_| MOST_OF_ONE);
        let own = || all.iter().filter(|(_, kept)| kept.owner.as_deref() == owner);
        if own().count() >= most {
            let oldest = own().min_by_key(|(_, kept)| kept.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        let kept = Kept {
            flash,
            owner: owner.map(ToOwned::to_owned),
            at: Instant::now(),
        };
        all.insert(key, kept);
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
            .keep(Flash::Done(Done::new("ana is locked.")), None, false)
            .expect("a cookie");
        assert!(flashes.take(&headers(&cookie), false).is_some());
        assert!(flashes.take(&headers(&cookie), false).is_none());
    }

    #[test]
    fn only_so_many_wait_for_one_person_and_the_oldest_of_theirs_goes_first() {
        let flashes = Flashes::default();
        let keep = |owner| {
            flashes
                .keep(Flash::Done(Done::default()), owner, false)
                .expect("a cookie")
        };
        let is_there = |cookie: &HeaderValue| flashes.take(&headers(cookie), false).is_some();
        for (owner, most) in [(None, MOST_OF_STRANGERS), (Some("ana"), MOST_OF_ONE)] {
            let another = keep(Some("bo"));
            let oldest = keep(owner);
            let others: Vec<_> = (0..most).map(|_| keep(owner)).collect();
            assert!(!is_there(&oldest));
            assert!(others.iter().all(is_there));
            assert!(is_there(&another), "what waits for somebody else stays");
        }
    }
}
