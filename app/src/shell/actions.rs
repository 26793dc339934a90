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

/// Keeps the chosen theme in a cookie, so that the server renders it from the first byte on.
#[server(prefix = "/api", endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<(), PortalError> {
    let theme =
        Theme::named(&theme).ok_or_else(|| PortalError::invalid("theme", "Choose light, dark or system."))?;
    let cookie = match theme {
        Theme::System => "theme=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly",
        Theme::Light => "theme=light; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        Theme::Dark => "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
    };
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, HeaderValue::from_static(cookie));
    visit().done(Done::default());
    Ok(())
}
