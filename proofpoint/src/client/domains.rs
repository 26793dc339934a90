//! The domains of an organisation: listing, reading, creating, changing, deleting, verifying (notes section 2.3).

use http::Method;
use upstream::{Call, Endpoint, Error, ErrorKind};

use super::{
    Authorized, endpoint, object,
    path::{organization_path, segment},
};
use crate::{Domain, DomainDraft, DomainName, VerificationMethod, VerificationOutcome};

impl Authorized {
    /// Every domain of an organisation, `GET /orgs/{domain}/domains`. The document has one domain as the answer,
    /// clients have a list.
    pub async fn domains(&self, organization: &DomainName) -> Result<Vec<Domain>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/domains");
        let answer = self
            .get(ENDPOINT, organization_path(ENDPOINT, organization, "/domains")?)
            .await?;
        answer.list("domains").or_else(|unreadable| {
            let domain: Domain = object(&answer, "domain")?;
            if domain.name.is_empty() {
                Err(unreadable)
            } else {
                Ok(vec![domain])
            }
        })
    }

    /// One domain of an organisation, `GET /orgs/{domain}/domains/{name}`.
    pub async fn domain(&self, organization: &DomainName, name: &DomainName) -> Result<Domain, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/domains/{name}");
        let answer = self
            .get(ENDPOINT, domain_path(ENDPOINT, organization, name, "")?)
            .await?;
        let domain: Domain = object(&answer, "domain")?;
        if domain.name.is_empty() {
            return Err(answer.unreadable("the answer is no domain"));
        }
        Ok(domain)
    }

    /// Adds a domain to an organisation, `POST /orgs/{domain}/domains`.
    pub async fn create_domain(
        &self,
        organization: &DomainName,
        name: &DomainName,
        draft: &DomainDraft,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /orgs/{domain}/domains");
        segment(ENDPOINT, name)?;
        check(ENDPOINT, draft)?;
        let path = organization_path(ENDPOINT, organization, "/domains")?;
        let call = Call::new(Method::POST, ENDPOINT, path).json(draft.body(name));
        self.send(call).await.map(drop)
    }

    /// Changes a domain, `PUT /orgs/{domain}/domains/{name}`. The whole is sent: begin with [`DomainDraft::of`].
    pub async fn update_domain(
        &self,
        organization: &DomainName,
        name: &DomainName,
        draft: &DomainDraft,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/domains/{name}");
        check(ENDPOINT, draft)?;
        let path = domain_path(ENDPOINT, organization, name, "")?;
        let call = Call::new(Method::PUT, ENDPOINT, path).json(draft.body(name));
        self.send(call).await.map(drop)
    }

    /// Takes a domain from an organisation, `DELETE /orgs/{domain}/domains/{name}`. Its mail is then no longer
    /// filtered.
    pub async fn delete_domain(&self, organization: &DomainName, name: &DomainName) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /orgs/{domain}/domains/{name}");
        let path = domain_path(ENDPOINT, organization, name, "")?;
        self.send(Call::new(Method::DELETE, ENDPOINT, path))
            .await
            .map(drop)
    }

    /// The code to publish, which proves the ownership of a domain, `GET
    /// /orgs/{domain}/domains/{name}/verification-code`.
    pub async fn verification_code(
        &self,
        organization: &DomainName,
        name: &DomainName,
    ) -> Result<String, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/domains/{name}/verification-code");
        let path = domain_path(ENDPOINT, organization, name, "/verification-code")?;
        let answer = self.get(ENDPOINT, path).await?;
        answer
            .identifier(&["code"])
            .ok_or_else(|| answer.unreadable("the answer has no code"))
    }

    /// Looks for the published code now, `PUT /orgs/{domain}/domains/{name}/verify/{method}`.
    pub async fn verify_domain(
        &self,
        organization: &DomainName,
        name: &DomainName,
        method: VerificationMethod,
    ) -> Result<VerificationOutcome, Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/domains/{name}/verify/{method}");
        let rest = format!("/verify/{}", method.as_str());
        let path = domain_path(ENDPOINT, organization, name, &rest)?;
        match self.send(Call::new(Method::PUT, ENDPOINT, path)).await {
            Ok(_) => Ok(VerificationOutcome::Verified),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(VerificationOutcome::NotVerified),
            Err(error) => Err(error),
        }
    }
}

fn check(endpoint: Endpoint, draft: &DomainDraft) -> Result<(), Error> {
    draft
        .problem()
        .map_or(Ok(()), |problem| Err(Error::refused(endpoint, problem)))
}

fn domain_path(
    endpoint: Endpoint,
    organization: &DomainName,
    name: &DomainName,
    rest: &str,
) -> Result<String, Error> {
    let name = segment(endpoint, name)?;
    organization_path(endpoint, organization, &format!("/domains/{name}{rest}"))
}
