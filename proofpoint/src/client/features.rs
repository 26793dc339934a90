//! The features of an organisation.

use http::Method;
use upstream::{Call, Endpoint, Error};

use super::{Authorized, endpoint, object, path::organization_path};
use crate::{DomainName, Features};

impl Authorized {
    /// The features of an organisation's package, `GET /orgs/{domain}/features`.
    pub async fn features(&self, organization: &DomainName) -> Result<Features, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/features");
        let path = organization_path(ENDPOINT, organization, "/features")?;
        object(&self.get(ENDPOINT, path).await?, "features")
    }

    /// Changes the features of an organisation, `PUT /orgs/{domain}/features`. Send what was read, with the change in
    /// it: whether the system keeps what a call leaves out is in no document.
    pub async fn update_features(&self, organization: &DomainName, features: &Features) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/features");
        let path = organization_path(ENDPOINT, organization, "/features")?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(features.body());
        self.send(call).await.map(drop)
    }
}
