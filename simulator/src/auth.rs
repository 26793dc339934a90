//! Authentication: the bearer token of a request, and the extractor [`Caller`].

use crate::{
    Simulator,
    refusal::Refusal,
    state::{ClusterState, Identity},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use parking_lot::MutexGuard;

/// The bearer token. The reference samples it once without the scheme `Bearer` (line 192), which is an error there.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The sender of a request with a valid token. As an extractor it rejects every other request before the handler reads
/// the body.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    simulator: Simulator,
}

impl Caller {
    /// Locks the state for a caller with one of these permissions. A handler calls this before it reads the body: the
    /// cluster reports a missing permission rather than an invalid body.
    pub(crate) fn authorize(&self, any_of: &[&str]) -> Result<MutexGuard<'_, ClusterState>, Refusal> {
        let state = self.state();
        state.authorize(&self.identity, any_of)?;
        Ok(state)
    }

    /// Locks the state for what needs no permission.
    pub(crate) fn state(&self) -> MutexGuard<'_, ClusterState> {
        self.simulator.state()
    }
}

impl FromRequestParts<Simulator> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, simulator: &Simulator) -> Result<Self, Refusal> {
        let identity = simulator.state().authenticate(bearer(&parts.headers))?;
        Ok(Self {
            identity,
            simulator: simulator.clone(),
        })
    }
}
