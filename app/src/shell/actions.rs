//! The server function of the theme.
// A server function has to be async, whether it waits or not.
#![allow(clippy::unused_async)]

use leptos::prelude::*;

use crate::{
    context::{RequestContext, Theme},
    error::PortalError,
    flash::Done,
};

/// How long a choice is kept, in seconds.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// Keeps the chosen theme in a cookie, so that the server renders it from the first byte on.
#[server(prefix = "/api", endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<Done, PortalError> {
    let theme =
        Theme::named(&theme).ok_or_else(|| PortalError::invalid("theme", "Choose light, dark or system."))?;
    let age = if theme == Theme::System { 0 } else { YEAR };
    let secure = if RequestContext::current().secure {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "theme={}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}",
        theme.name()
    );
    Ok(Done {
        cookie: Some(cookie),
        ..Done::default()
    })
}
