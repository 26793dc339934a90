//! Licences and the package of an organisation (notes section 2.4).

use http::Method;
use serde_json::json;
use upstream::{Call, Endpoint, Error};

use super::{Authorized, endpoint, object, path::organization_path};
use crate::{DomainName, Licensing, Package, PackageUpdate};

impl Authorized {
    /// The licences of an organisation, `GET /orgs/{domain}/licensing`.
    pub async fn licensing(&self, organization: &DomainName) -> Result<Licensing, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/licensing");
        let path = organization_path(ENDPOINT, organization, "/licensing")?;
        object(&self.get(ENDPOINT, path).await?, "licensing")
    }

    /// Sets how many users of an organisation are licensed, `PUT /orgs/{domain}/licensing`. The number is all that can
    /// be changed there.
    pub async fn update_licensing(&self, organization: &DomainName, licenses: u32) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/licensing");
        let path = organization_path(ENDPOINT, organization, "/licensing")?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(json!({"license_count": licenses}));
        self.send(call).await.map(drop)
    }

    /// Gives an organisation another package, `PUT /orgs/{domain}/package`. To read it, read the organisation.
    pub async fn update_package(
        &self,
        organization: &DomainName,
        update: &PackageUpdate,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/package");
        if matches!(update.package, Package::Other(_)) {
            return Err(Error::refused(ENDPOINT, "the package is not a known one"));
        }
        let path = organization_path(ENDPOINT, organization, "/package")?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(update.body());
        self.send(call).await.map(drop)
    }
}
