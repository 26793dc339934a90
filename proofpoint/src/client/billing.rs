//! Billing data, which is read only.

use upstream::{Endpoint, Error};

use super::{Authorized, endpoint, path::segment};
use crate::{BillingRow, DomainName};

impl Authorized {
    /// Billing data of one organisation, `GET /billing/{domain}`.
    pub async fn billing(&self, organization: &DomainName) -> Result<Vec<BillingRow>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /billing/{domain}");
        let path = format!("/billing/{}", segment(ENDPOINT, organization)?);
        self.get(ENDPOINT, path).await?.list("billing")
    }

    /// Billing data of an organisation and all its children, `GET /billing/{domain}/orgs`: one row for each, its own
    /// with them.
    pub async fn billing_with_children(&self, organization: &DomainName) -> Result<Vec<BillingRow>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /billing/{domain}/orgs");
        let path = format!("/billing/{}/orgs", segment(ENDPOINT, organization)?);
        self.get(ENDPOINT, path).await?.list("billing")
    }
}
