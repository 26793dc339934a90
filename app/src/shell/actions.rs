//! The server function of the theme.
// A server function has to be async, whether it waits or not.
#![allow(clippy::unused_async)]

use http::{HeaderValue, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    error::PortalError,
    flash::Done,
    visit::{Theme, visit},
};

/// How long a choice is kept, in seconds.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// Keeps the chosen theme in a cookie, so that the server renders it from the first byte on.
#[server(prefix = "/api", endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<(), PortalError> {
    let theme =
        Theme::named(&theme).ok_or_else(|| PortalError::invalid("theme", "Choose light, dark or system."))?;
    let visit = visit();
    let age = if theme == Theme::System { 0 } else { YEAR };
    let secure = if visit.secure { "; Secure" } else { "" };
    let cookie = format!(
        "theme={}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}",
        theme.name()
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
    visit.done(Done::default());
    Ok(())
}
