//! How users sign in, which is read only.

use upstream::{Answer, Endpoint, Error};

use super::{Authorized, endpoint, object, path::organization_path};
use crate::{DomainName, IdentityProvider, LoginSettings, MfaSettings};

impl Authorized {
    /// Whether a second factor is asked for, `GET /orgs/{domain}/authentication/settings/mfa`.
    pub async fn mfa_settings(&self, organization: &DomainName) -> Result<MfaSettings, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/authentication/settings/mfa");
        let answer = self.authentication(ENDPOINT, organization, "mfa").await?;
        object(&answer, "mfa")
    }

    /// Which ways to sign in are open, `GET /orgs/{domain}/authentication/settings/login`.
    pub async fn login_settings(&self, organization: &DomainName) -> Result<LoginSettings, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/authentication/settings/login");
        let answer = self.authentication(ENDPOINT, organization, "login").await?;
        object(&answer, "login")
    }

    /// The identity providers, `GET /orgs/{domain}/authentication/settings/idps`.
    pub async fn identity_providers(
        &self,
        organization: &DomainName,
    ) -> Result<Vec<IdentityProvider>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/authentication/settings/idps");
        let answer = self.authentication(ENDPOINT, organization, "idps").await?;
        answer.list("idps")
    }

    async fn authentication(
        &self,
        endpoint: Endpoint,
        organization: &DomainName,
        what: &'static str,
    ) -> Result<Answer, Error> {
        let rest = format!("/authentication/settings/{what}");
        self.get(endpoint, organization_path(endpoint, organization, &rest)?)
            .await
    }
}
