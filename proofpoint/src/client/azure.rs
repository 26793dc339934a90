//! The synchronisation with Azure.

use http::Method;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, ErrorKind, lenient};

use super::{
    Authorized, endpoint, object,
    path::{organization_path, segment},
};
use crate::{AzureSettings, DomainName, EmailAddress};

const SETTINGS: &str = "/settings/azure";

impl Authorized {
    /// What an organisation takes from Azure, `GET /orgs/{domain}/settings/azure`; `None` where it takes nothing. The
    /// system answers 404 then, as it may to an organisation that is not there (notes section 7).
    pub async fn azure_settings(&self, organization: &DomainName) -> Result<Option<AzureSettings>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/settings/azure");
        let path = organization_path(ENDPOINT, organization, SETTINGS)?;
        match self.get(ENDPOINT, path).await {
            Ok(answer) => object(&answer, "azure").map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes what an organisation takes from Azure, `PUT /orgs/{domain}/settings/azure`. Send what was read, with the
    /// change in it. The directory's key is never sent, though the document calls it required: an answer has `****` in
    /// its place.
    pub async fn update_azure_settings(
        &self,
        organization: &DomainName,
        settings: &AzureSettings,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/settings/azure");
        let hours = settings.sync_frequency;
        if hours.is_some_and(|hours| !AzureSettings::SYNC_FREQUENCIES.contains(&hours)) {
            return Err(Error::refused(
                ENDPOINT,
                "the hours between two synchronisations are not 0, 1, 3, 6, 12 or 24",
            ));
        }
        let path = organization_path(ENDPOINT, organization, SETTINGS)?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(settings.body());
        self.send(call).await.map(drop)
    }

    /// The users that the synchronisation leaves alone, `GET /orgs/{domain}/settings/azure/exemptions` (notes section
    /// 2.5).
    pub async fn azure_exemptions(&self, organization: &DomainName) -> Result<Vec<EmailAddress>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/settings/azure/exemptions");
        let path = exemptions_path(ENDPOINT, organization, "")?;
        let rows: Vec<Value> = self.get(ENDPOINT, path).await?.list("exemptions")?;
        Ok(rows.into_iter().filter_map(exempt).collect())
    }

    /// Makes the synchronisation leave these users alone too, `PUT /orgs/{domain}/settings/azure/exemptions`. The
    /// document of the API does not have the call; a newer client has it with a list of addresses that are added. Read
    /// the exemptions again to see the outcome.
    pub async fn add_azure_exemptions(
        &self,
        organization: &DomainName,
        users: &[EmailAddress],
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/settings/azure/exemptions");
        if users.is_empty() {
            return Err(Error::refused(ENDPOINT, "no user is given"));
        }
        for user in users {
            segment(ENDPOINT, user)?;
        }
        let path = exemptions_path(ENDPOINT, organization, "")?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(json!(users));
        self.send(call).await.map(drop)
    }

    /// Makes the synchronisation include a user again, `DELETE /orgs/{domain}/settings/azure/exemptions/{user}`, which
    /// is in the newer client only.
    pub async fn remove_azure_exemption(
        &self,
        organization: &DomainName,
        user: &EmailAddress,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /orgs/{domain}/settings/azure/exemptions/{user}");
        let path = exemptions_path(ENDPOINT, organization, &format!("/{}", segment(ENDPOINT, user)?))?;
        self.send(Call::new(Method::DELETE, ENDPOINT, path))
            .await
            .map(drop)
    }
}

/// Below the settings' exemptions.
fn exemptions_path(endpoint: Endpoint, organization: &DomainName, rest: &str) -> Result<String, Error> {
    organization_path(endpoint, organization, &format!("{SETTINGS}/exemptions{rest}"))
}

/// An object with `email`, or the bare address.
fn exempt(row: Value) -> Option<EmailAddress> {
    let address = match row {
        Value::Object(mut fields) => fields.remove("email").and_then(lenient::into_text),
        value => lenient::into_text(value),
    };
    address
        .filter(|address| !address.is_empty())
        .map(EmailAddress::from)
}
