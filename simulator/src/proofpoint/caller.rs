//! [`Caller`]: the account behind the headers `X-User` and `X-Password`, and what it reaches.

use super::{
    Instance, ProofpointSimulator,
    account::Account,
    failure::Failure,
    state::{Essentials, Organization},
};
use crate::layer::host;
use axum::{extract::FromRequestParts, http::request::Parts};
use parking_lot::MutexGuard;

/// The sender of a request with valid credentials. As an extractor it answers 401 before the body is read.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) account: Account,
    site: Site,
    simulator: ProofpointSimulator,
}

/// The instances behind the host of a request.
#[derive(Clone, Copy, Debug)]
enum Site {
    /// A host such as 127.0.0.1.
    All,
    One(Instance),
    /// Another host of the vendor, such as a government stack.
    Nowhere,
}

impl Site {
    fn of_host(host: &str) -> Self {
        match Instance::of_host(host) {
            Some(instance) => Self::One(instance),
            None if Instance::is_in_domain(host) => Self::Nowhere,
            None => Self::All,
        }
    }

    fn has(self, organization: &Organization) -> bool {
        match self {
            Self::All => true,
            Self::One(instance) => organization.instances.contains(&instance),
            Self::Nowhere => false,
        }
    }
}

impl FromRequestParts<ProofpointSimulator> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, simulator: &ProofpointSimulator) -> Result<Self, Failure> {
        let account = simulator.state().authenticate(&parts.headers);
        Ok(Self {
            account: account.ok_or_else(Failure::unauthorized)?,
            site: Site::of_host(host(&parts.headers)),
            simulator: simulator.clone(),
        })
    }
}

impl Caller {
    /// Locks the state for what every account may do.
    pub(super) fn anyone(&self) -> Access<'_> {
        Access {
            state: self.simulator.state(),
            account: &self.account,
            site: self.site,
        }
    }

    /// Locks the state for an administrator, also a read-only one.
    pub(super) fn reads(&self) -> Result<Access<'_>, Failure> {
        self.require(self.account.is_admin())
    }

    /// Locks the state for an administrator of a partner, also a read-only one.
    pub(super) fn reads_as_partner(&self) -> Result<Access<'_>, Failure> {
        self.require(self.account.is_partner())
    }

    /// Locks the state for an administrator who may write.
    pub(super) fn writes(&self) -> Result<Access<'_>, Failure> {
        self.require(self.account.is_admin() && !self.account.is_read_only)
    }

    /// Locks the state for an administrator of a partner who may write.
    pub(super) fn writes_as_partner(&self) -> Result<Access<'_>, Failure> {
        self.require(self.account.is_partner() && !self.account.is_read_only)
    }

    fn require(&self, is_allowed: bool) -> Result<Access<'_>, Failure> {
        if is_allowed {
            Ok(self.anyone())
        } else {
            Err(Failure::forbidden(&self.account.email))
        }
    }
}

/// The locked state, and what an account reaches in it.
pub(super) struct Access<'a> {
    pub(super) state: MutexGuard<'a, Essentials>,
    account: &'a Account,
    site: Site,
}

impl Access<'_> {
    /// The organisation of a domain that the account may see, on any instance.
    pub(super) fn organization_anywhere(&self, domain: &str) -> Result<&Organization, Failure> {
        let found = self.state.find(domain);
        let found = found.filter(|found| self.state.is_within(found.eid, self.account.eid));
        found.ok_or_else(|| self.unknown(domain))
    }

    /// The organisation of a domain that the account may see and that is on this instance.
    pub(super) fn organization(&self, domain: &str) -> Result<&Organization, Failure> {
        let found = self.organization_anywhere(domain)?;
        if self.site.has(found) {
            Ok(found)
        } else {
            Err(Failure::elsewhere(self.state.settings.wrong_instance, domain))
        }
    }

    /// The same, to change it.
    pub(super) fn organization_mut(&mut self, domain: &str) -> Result<&mut Organization, Failure> {
        let eid = self.organization(domain)?.eid;
        let unknown = Failure::unknown(self.state.settings.unknown, domain);
        self.state.get_mut(eid).ok_or(unknown)
    }

    /// An organisation and its children on this instance.
    pub(super) fn with_children(&self, domain: &str) -> Result<Vec<&Organization>, Failure> {
        let parent = self.organization(domain)?;
        let all = self.state.organizations();
        let children = all.filter(|org| org.parent == Some(parent.eid) && self.site.has(org));
        Ok([parent].into_iter().chain(children).collect())
    }

    /// What does not exist inside an organisation.
    pub(super) fn unknown(&self, identifier: &str) -> Failure {
        Failure::unknown(self.state.settings.unknown, identifier)
    }

    /// The instance of the request, or the first one of the organisation.
    pub(super) fn instance_for(&self, organization: &Organization) -> Instance {
        match self.site {
            Site::One(instance) => instance,
            Site::All | Site::Nowhere => organization.instances[0],
        }
    }
}
