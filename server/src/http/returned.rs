//! Forms that arrived after their session had ended: kept on the server under a random key, which a short-lived cookie
//! holds, until their sender has signed in again and sees the form with what was typed. They are not carried out.
//!
//! Anyone can send a form without a session, so all of them together take a bounded amount of memory. A form is given
//! back only to the account that signed in before in the same browser: another person at it does not see the values.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Instant,
};

use app::flash::Failed;
use axum::http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use tower_sessions::cookie::{Cookie, SameSite, time};
use uuid::Uuid;

use super::context::cookies;

/// How long a form waits for its sender.
const RETENTION: time::Duration = time::Duration::minutes(30);

/// How long the browser keeps the mark of the account that signed in.
const MARK_RETENTION: time::Duration = time::Duration::hours(24);

/// How much all forms together may hold, in bytes. The oldest go.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What a field takes beside its name and value, in bytes.
const FIELD_OVERHEAD: usize = 64;

/// A form, and the page that it stood on.
#[derive(Clone)]
pub(super) struct Returned {
    pub failed: Failed,
    pub page: String,
}

struct Stored {
    form: Returned,
    /// The mark of the browser that sent it.
    mark: String,
    bytes: usize,
    at: Instant,
}

/// The cookies of a request that lead to a form.
#[derive(Clone)]
pub(super) struct Cookies {
    key: Uuid,
    mark: String,
}

/// The forms, and the cookies that lead to them.
#[derive(Clone)]
pub(super) struct ReturnedForms {
    forms: Arc<Mutex<HashMap<Uuid, Stored>>>,
    /// Makes the marks of accounts, which mean nothing elsewhere or after a restart.
    marks: RandomState,
    secure: bool,
}

impl ReturnedForms {
    pub fn new(secure: bool) -> Self {
        Self {
            forms: Arc::default(),
            marks: RandomState::new(),
            secure,
        }
    }

    /// Keeps a form for the account that signed in last in this browser, and returns the cookie that leads to it.
    pub fn keep(&self, headers: &HeaderMap, form: Returned) -> Option<HeaderValue> {
        let mark = self.mark_in(headers)?;
        let fields = form.failed.submitted.pairs().iter();
        let bytes: usize = fields
            .map(|(name, value)| name.len() + value.len() + FIELD_OVERHEAD)
            .sum();
        if bytes > MAX_BYTES {
            return None;
        }
        let key = Uuid::new_v4();
        let mut forms = self.forms.lock();
        forms.retain(|_, stored| stored.at.elapsed() < RETENTION);
        while forms.values().map(|stored| stored.bytes).sum::<usize>() + bytes > MAX_BYTES {
            let oldest = forms.iter().min_by_key(|(_, stored)| stored.at);
            let oldest = oldest.map(|(key, _)| *key);
            oldest.and_then(|oldest| forms.remove(&oldest));
        }
        let stored = Stored {
            form,
            mark,
            bytes,
            at: Instant::now(),
        };
        forms.insert(key, stored);
        drop(forms);
        self.cookie(self.key_name(), key.to_string(), RETENTION)
    }

    /// The cookies that lead to a form, if the request has them.
    pub fn cookies(&self, headers: &HeaderMap) -> Option<Cookies> {
        let key = cookies(headers, self.key_name()).find_map(|cookie| cookie.value().parse().ok())?;
        let mark = self.mark_in(headers)?;
        Some(Cookies { key, mark })
    }

    /// Takes the form for an account that has just signed in. That of another account is dropped.
    pub fn take(&self, cookies: &Cookies, user_name: &str) -> Option<Returned> {
        let stored = self.forms.lock().remove(&cookies.key)?;
        let mark = self.mark(user_name);
        let is_same = stored.mark == mark && cookies.mark == mark;
        (is_same && stored.at.elapsed() < RETENTION).then_some(stored.form)
    }

    /// The cookie by which the browser is recognised as the one in which this account signed in.
    pub fn mark_cookie(&self, user_name: &str) -> Option<HeaderValue> {
        self.cookie(self.mark_name(), self.mark(user_name), MARK_RETENTION)
    }

    fn mark(&self, user_name: &str) -> String {
        format!("{:016x}", self.marks.hash_one(user_name.to_lowercase()))
    }

    fn mark_in(&self, headers: &HeaderMap) -> Option<String> {
        let mut marks = cookies(headers, self.mark_name());
        marks.next().map(|mark| mark.value().to_owned())
    }

    fn cookie(&self, name: &'static str, value: String, age: time::Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((name, value))
            .path("/")
            .max_age(age)
            .same_site(SameSite::Lax)
            .http_only(true)
            .secure(self.secure);
        HeaderValue::from_str(&cookie.to_string()).ok()
    }

    const fn key_name(&self) -> &'static str {
        if self.secure { "__Host-form" } else { "form" }
    }

    const fn mark_name(&self) -> &'static str {
        if self.secure { "__Host-account" } else { "account" }
    }
}

#[cfg(test)]
mod tests {
    use app::{
        error::{ErrorKind, PortalError},
        flash::SubmittedForm,
    };
    use axum::http::header::COOKIE;

    use super::*;

    fn form(value: String) -> Returned {
        let submitted = SubmittedForm::from_iter([("name".to_owned(), value)]);
        Returned {
            failed: Failed {
                form: "/api/x".to_owned(),
                error: PortalError::new(ErrorKind::SignIn, "Not sent."),
                submitted,
            },
            page: "/x".to_owned(),
        }
    }

    /// The headers of a browser with these cookies.
    fn headers(cookies: &[&Option<HeaderValue>]) -> HeaderMap {
        let cookies = cookies.iter().filter_map(|cookie| cookie.as_ref()?.to_str().ok());
        let pairs: Vec<_> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        let value = HeaderValue::from_str(&pairs.join("; ")).expect("cookies");
        HeaderMap::from_iter([(COOKIE, value)])
    }

    #[test]
    fn a_form_is_given_back_once_and_to_its_account_alone() {
        let forms = ReturnedForms::new(false);
        let mark = forms.mark_cookie("ana");
        let check = |account: &str, expected| {
            let key = forms.keep(&headers(&[&mark]), form("typed".to_owned()));
            let cookies = forms.cookies(&headers(&[&mark, &key])).expect("the cookies");
            assert_eq!(forms.take(&cookies, account).is_some(), expected, "{account}");
            assert!(forms.take(&cookies, "ana").is_none(), "{account}");
        };
        check("ANA", true);
        check("bo", false);
    }

    #[test]
    fn nothing_is_kept_for_a_browser_in_which_nobody_signed_in() {
        let forms = ReturnedForms::new(false);
        assert!(forms.keep(&HeaderMap::new(), form("typed".to_owned())).is_none());
    }

    #[test]
    fn all_forms_together_are_bounded() {
        let forms = ReturnedForms::new(false);
        let mark = forms.mark_cookie("ana");
        let keep = |length| {
            let key = forms.keep(&headers(&[&mark]), form("x".repeat(length)));
            forms.cookies(&headers(&[&mark, &key]))
        };
        assert!(keep(MAX_BYTES).is_none(), "too large alone");
        let kept: Vec<_> = (0..5).filter_map(|_| keep(MAX_BYTES / 4)).collect();
        let left: Vec<_> = kept
            .iter()
            .map(|cookies| forms.take(cookies, "ana").is_some())
            .collect();
        assert_eq!(left, [false, false, true, true, true]);
    }
}
