//! Forms that arrived after their session had ended: kept on the server under a random key, which a short-lived cookie
//! holds, until their sender has signed in again and sees the form with what was typed. They are not carried out.
//!
//! They are kept with the flash messages of browsers without a session, and within the same bounds: anyone can send a
//! form without a session. A form is given back only to the account that signed in before in the same browser: another
//! person at it does not see the values.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use app::flash::Failed;
use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    cookies::Cookies,
    flashes::{Flashes, visitor},
};

/// How long a form waits for its sender.
const RETENTION: SignedDuration = SignedDuration::from_mins(30);

/// How long the browser keeps the mark of the account that signed in.
const MARK_RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// The cookie that leads to the form.
const KEY: &str = "form";

/// The cookie by which the browser is recognised as the one in which an account signed in.
const MARK: &str = "account";

/// A form, and the page that it stood on.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Returned {
    pub failed: Failed,
    pub page: String,
}

/// The forms, and the cookies that lead to them.
#[derive(Clone)]
pub(super) struct ReturnedForms {
    flashes: Flashes,
    /// Makes the marks of accounts, which mean nothing elsewhere or after a restart.
    marks: Arc<RandomState>,
    cookies: Cookies,
}

impl ReturnedForms {
    pub fn new(flashes: Flashes, cookies: Cookies) -> Self {
        Self {
            flashes,
            marks: Arc::default(),
            cookies,
        }
    }

    /// Keeps a form for the account that signed in last in this browser, and returns the cookie that leads to it.
    pub async fn keep(
        &self,
        headers: &HeaderMap,
        address: Option<&str>,
        form: &Returned,
    ) -> Option<HeaderValue> {
        let mark = self.cookies.get(headers, MARK)?;
        let key = Uuid::new_v4();
        let owner = visitor(address, key);
        self.flashes.put(owner, None, RETENTION, &(mark, form)).await;
        self.cookies.set(KEY, &key.to_string(), RETENTION)
    }

    /// Takes the form that waits in this browser for the account that has just signed in. That of another account is
    /// dropped.
    pub async fn take(&self, headers: &HeaderMap, user_name: &str) -> Option<Returned> {
        let key = self.cookies.get(headers, KEY)?.parse().ok()?;
        let forms = self.flashes.take_for(&visitor(None, key), "").await;
        let mut forms = forms.into_iter().map(|(_, form): (_, (String, Returned))| form);
        let mark = self.mark(user_name);
        let is_same =
            |meant: &str| meant == mark && self.cookies.get(headers, MARK).as_deref() == Some(&*mark);
        let form = forms.find(|(meant, _)| is_same(meant))?;
        Some(form.1)
    }

    /// The cookie by which the browser is recognised as the one in which this account signed in.
    pub fn mark_cookie(&self, user_name: &str) -> Option<HeaderValue> {
        self.cookies.set(MARK, &self.mark(user_name), MARK_RETENTION)
    }

    fn mark(&self, user_name: &str) -> String {
        format!("{:016x}", self.marks.hash_one(user_name.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use app::{
        error::{ErrorKind, PortalError},
        flash::SubmittedForm,
    };
    use axum::http::header::COOKIE;
    use gate::{Clock, MemoryFlashes};

    use super::*;

    fn forms() -> ReturnedForms {
        let cookies = Cookies { secure: false };
        let store = Arc::new(MemoryFlashes::default());
        ReturnedForms::new(Flashes::new(store, Clock::default(), cookies), cookies)
    }

    fn form() -> Returned {
        Returned {
            failed: Failed {
                form: "/api/x".to_owned(),
                error: PortalError::new(ErrorKind::SignIn, "Not sent."),
                submitted: SubmittedForm::from_iter([("name".to_owned(), "typed".to_owned())]),
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

    #[tokio::test]
    async fn a_form_is_given_back_once_and_to_its_account_alone() {
        let forms = forms();
        let mark = forms.mark_cookie("ana");
        for (account, expected) in [("ANA", true), ("bo", false)] {
            let key = forms.keep(&headers(&[&mark]), None, &form()).await;
            let headers = headers(&[&mark, &key]);
            let returned = forms.take(&headers, account).await;
            assert_eq!(returned.is_some(), expected, "{account}");
            assert!(forms.take(&headers, "ana").await.is_none(), "{account}");
        }
    }

    #[tokio::test]
    async fn nothing_is_kept_for_a_browser_in_which_nobody_signed_in() {
        assert!(forms().keep(&HeaderMap::new(), None, &form()).await.is_none());
    }
}
