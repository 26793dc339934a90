//! Logging: text for a terminal, JSON lines elsewhere, to standard error.
//!
//! Never logged: tokens, passwords, cookies, request and answer bodies, query strings.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging; `RUST_LOG` sets the level.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    if std::io::stderr().is_terminal() {
        registry.with(text).init();
    } else {
        registry
            .with(text.json().flatten_event(true).with_span_list(false))
            .init();
    }
}
