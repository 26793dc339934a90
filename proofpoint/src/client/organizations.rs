//! Organisations, which are read only (notes section 2.1).

use upstream::{Endpoint, Error};

use super::{Authorized, endpoint, object, path::organization_path};
use crate::{DomainName, Organization, OrganizationFamily};

impl Authorized {
    /// The organisation of a domain, `GET /orgs/{domain}`. Any of its domains will do.
    pub async fn organization(&self, domain: &DomainName) -> Result<Organization, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}");
        let answer = self
            .get(ENDPOINT, organization_path(ENDPOINT, domain, "")?)
            .await?;
        let organization: Organization = object(&answer, "org")?;
        if organization.id.is_empty() && organization.primary_domain.is_empty() {
            return Err(answer.unreadable("the answer is no organisation"));
        }
        Ok(organization)
    }

    /// An organisation and its children, `GET /orgs/{domain}/orgs`.
    pub async fn organization_family(&self, domain: &DomainName) -> Result<OrganizationFamily, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/orgs");
        let answer = self
            .get(ENDPOINT, organization_path(ENDPOINT, domain, "/orgs")?)
            .await?;
        Ok(OrganizationFamily::of(answer.list("orgs")?, domain))
    }
}
