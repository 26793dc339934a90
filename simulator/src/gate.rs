//! The token of a request, and the caller behind it.

use crate::{Simulator, refusal::Refusal, world::Caller};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

/// The bearer token. The reference once samples it without the word `Bearer` (line 192); that is a slip, and refused.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A handler that takes a [`Caller`] answers nobody without a valid token, before it looks at anything else.
impl FromRequestParts<Simulator> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, simulator: &Simulator) -> Result<Self, Refusal> {
        simulator.world().caller(bearer(&parts.headers))
    }
}
