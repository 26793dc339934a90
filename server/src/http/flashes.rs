//! Flash messages on their way from a form to the page that follows: kept on the server for that page of that session,
//! and taken once. A browser without a session holds a key to its messages in a short-lived cookie.

use std::sync::Arc;

use app::{context::RequestContext, flash::Flash};
use axum::http::{HeaderMap, HeaderValue};
use gate::{Clock, FlashError, FlashOwner, FlashStore, Principal, StoredFlash};
use jiff::SignedDuration;
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::cookies::Cookies;

/// How long a message waits for its page.
const RETENTION: SignedDuration = SignedDuration::from_mins(10);

/// How long a message waits whose key is in a cookie: the page follows at once, and the browser forgets the cookie.
const RETENTION_OF_VISITORS: SignedDuration = SignedDuration::from_mins(1);

/// The beginning of the names of the cookies: each message of a browser has its own, so that two forms at once do not
/// put one in the place of the other.
const COOKIE: &str = "flash-";

/// The store of flash messages, and the cookies that lead to those of browsers without a session.
#[derive(Clone)]
pub(super) struct Flashes {
    store: Arc<dyn FlashStore>,
    clock: Clock,
    cookies: Cookies,
}

impl Flashes {
    pub fn new(store: Arc<dyn FlashStore>, clock: Clock, cookies: Cookies) -> Self {
        Self {
            store,
            clock,
            cookies,
        }
    }

    /// Keeps a message for the page at this address: of the session as it is now, or of a browser without one, which gets
    /// the cookie that leads to it. A message that is lost is a line in the log: what it reports has happened all the same.
    pub async fn keep(&self, context: &RequestContext, page: &str, flash: &Flash) -> Option<HeaderValue> {
        // A form without the address of its page leads to the start page, and a script stays where it is.
        let page = Some(path(page)).filter(|path| path != "/");
        let principal = context.gate.principal(&context.session).await;
        if let Ok(Some(principal)) = principal {
            self.put(principal.as_ref().into(), page, RETENTION, flash).await;
            return None;
        }
        let key = Uuid::new_v4();
        let owner = visitor(context.origin.address.as_deref(), key);
        self.put(owner, page, RETENTION_OF_VISITORS, flash).await;
        let name = format!("{COOKIE}{}", key.simple());
        self.cookies.set(&name, &key.to_string(), RETENTION_OF_VISITORS)
    }

    /// Takes the messages that the page at this address shows. Of several failures of one form the last: the others wait
    /// until the page is loaded again, so that the values of none are lost.
    pub async fn take(&self, headers: &HeaderMap, principal: Option<&Principal>, page: &str) -> Vec<Flash> {
        let mut owners: Vec<_> = principal.into_iter().map(FlashOwner::from).collect();
        let keys = self.cookies.get_all(headers, COOKIE);
        let keys = keys.iter().filter_map(|key| key.parse().ok());
        owners.extend(keys.map(|key| visitor(None, key)));
        let page = path(page);
        let mut taken: Vec<(SignedDuration, FlashOwner, Flash)> = Vec::new();
        for owner in owners {
            let of_owner = self.take_for(&owner, &page).await.into_iter();
            taken.extend(of_owner.map(|(left, flash)| (left, owner.clone(), flash)));
        }
        taken.sort_by_key(|(left, ..)| *left);
        let mut shown: Vec<Flash> = Vec::new();
        while let Some((left, owner, flash)) = taken.pop() {
            if shown.iter().any(|other| flash.is_of_the_same_form(other)) {
                self.put(owner, Some(page.clone()), left, &flash).await;
            } else {
                shown.push(flash);
            }
        }
        shown.reverse();
        shown
    }

    /// Gives the messages of a person's session to the one that takes its place.
    pub async fn pass_on(&self, from: &Principal, to: &Principal) {
        let passed = self.store.pass_on(from.session_key(), to.session_key());
        if let Err(error) = passed.await {
            tracing::error!(%error, "the flash messages of a session are lost");
        }
    }

    /// Keeps a value for this owner.
    pub async fn put(
        &self,
        owner: FlashOwner,
        page: Option<String>,
        retention: SignedDuration,
        value: &impl Serialize,
    ) {
        let now = self.clock.now();
        let kept = async {
            let body = serde_json::to_vec(value).map_err(|error| FlashError(error.to_string()))?;
            let until = now + retention;
            self.store
                .put(owner, StoredFlash { page, body, until }, now)
                .await
        };
        if let Err(error) = kept.await {
            tracing::error!(%error, "a flash message is lost");
        }
    }

    /// Takes the values of this owner that are for this page or any, each with how long it would have waited on.
    pub async fn take_for<T: DeserializeOwned>(
        &self,
        owner: &FlashOwner,
        page: &str,
    ) -> Vec<(SignedDuration, T)> {
        let now = self.clock.now();
        let taken = self.store.take(owner, page, now).await;
        let taken = taken.unwrap_or_else(|error| {
            tracing::error!(%error, "flash messages could not be read");
            Vec::new()
        });
        let values = taken.iter().filter_map(|flash| {
            let value = serde_json::from_slice(&flash.body);
            let value = value.inspect_err(|_| tracing::error!("a flash message cannot be read"));
            Some((flash.until.duration_since(now), value.ok()?))
        });
        values.collect()
    }
}

/// A browser without a session that holds this key.
pub(super) fn visitor(address: Option<&str>, key: Uuid) -> FlashOwner {
    FlashOwner::Visitor {
        key,
        address: address.map(ToOwned::to_owned),
    }
}

/// The path of an address, decoded.
fn path(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
