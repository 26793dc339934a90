//! Sender lists of an organisation and of a user (notes sections 2.5 and 7).

use http::Method;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_all_filled, put};

use super::{
    Authorized, endpoint, object,
    path::{organization_path, user_path},
};
use crate::{DomainName, SenderListOwner, SenderLists};

const LISTS: &str = "/sender-lists";

/// One kind of call, for an organisation and for a user.
struct Endpoints {
    organization: Endpoint,
    user: Endpoint,
}

impl Endpoints {
    fn of(&self, owner: SenderListOwner<'_>) -> Endpoint {
        match owner {
            SenderListOwner::Organization => self.organization,
            SenderListOwner::User(_) => self.user,
        }
    }
}

impl Authorized {
    /// Both lists, `GET …/sender-lists`.
    pub async fn sender_lists(
        &self,
        organization: &DomainName,
        owner: SenderListOwner<'_>,
    ) -> Result<SenderLists, Error> {
        const ENDPOINTS: Endpoints = Endpoints {
            organization: endpoint("GET /orgs/{domain}/sender-lists"),
            user: endpoint("GET /orgs/{domain}/users/{user}/sender-lists"),
        };
        let endpoint = ENDPOINTS.of(owner);
        let path = lists_path(endpoint, organization, owner)?;
        object(&self.get(endpoint, path).await?, "sender_lists")
    }

    /// Adds entries, `POST …/sender-lists`. The system reports a conflict where one is there already.
    pub async fn add_senders(
        &self,
        organization: &DomainName,
        owner: SenderListOwner<'_>,
        entries: &SenderLists,
    ) -> Result<(), Error> {
        const ENDPOINTS: Endpoints = Endpoints {
            organization: endpoint("POST /orgs/{domain}/sender-lists"),
            user: endpoint("POST /orgs/{domain}/users/{user}/sender-lists"),
        };
        self.write_senders(Method::POST, ENDPOINTS.of(owner), organization, owner, entries)
            .await
    }

    /// Puts these entries in the place of a whole list, `PATCH …/sender-lists`. A list that is `None` stays.
    pub async fn replace_senders(
        &self,
        organization: &DomainName,
        owner: SenderListOwner<'_>,
        lists: &SenderLists,
    ) -> Result<(), Error> {
        const ENDPOINTS: Endpoints = Endpoints {
            organization: endpoint("PATCH /orgs/{domain}/sender-lists"),
            user: endpoint("PATCH /orgs/{domain}/users/{user}/sender-lists"),
        };
        self.write_senders(Method::PATCH, ENDPOINTS.of(owner), organization, owner, lists)
            .await
    }

    /// Takes entries away, `DELETE …/sender-lists` with a body. The system answers 404 where one is not there.
    pub async fn remove_senders(
        &self,
        organization: &DomainName,
        owner: SenderListOwner<'_>,
        entries: &SenderLists,
    ) -> Result<(), Error> {
        const ENDPOINTS: Endpoints = Endpoints {
            organization: endpoint("DELETE /orgs/{domain}/sender-lists"),
            user: endpoint("DELETE /orgs/{domain}/users/{user}/sender-lists"),
        };
        // Without an entry the call might take all of them.
        if entries.is_empty() {
            return Err(Error::refused(ENDPOINTS.of(owner), "no entry is given"));
        }
        self.write_senders(Method::DELETE, ENDPOINTS.of(owner), organization, owner, entries)
            .await
    }

    async fn write_senders(
        &self,
        method: Method,
        endpoint: Endpoint,
        organization: &DomainName,
        owner: SenderListOwner<'_>,
        lists: &SenderLists,
    ) -> Result<(), Error> {
        let body = body(endpoint, lists)?;
        let path = lists_path(endpoint, organization, owner)?;
        self.send(Call::new(method, endpoint, path).json(body))
            .await
            .map(drop)
    }
}

/// At least one list must be sent.
fn body(endpoint: Endpoint, lists: &SenderLists) -> Result<Value, Error> {
    let SenderLists { allow, block } = lists;
    if allow.is_none() && block.is_none() {
        return Err(Error::refused(endpoint, "no list is given"));
    }
    for list in [allow, block].into_iter().flatten() {
        check_all_filled(endpoint, "entry of the list", list)?;
    }
    let mut body = json!({});
    put(&mut body, "allow_list", allow.as_ref());
    put(&mut body, "block_list", block.as_ref());
    Ok(body)
}

fn lists_path(
    endpoint: Endpoint,
    organization: &DomainName,
    owner: SenderListOwner<'_>,
) -> Result<String, Error> {
    match owner {
        SenderListOwner::Organization => organization_path(endpoint, organization, LISTS),
        SenderListOwner::User(user) => user_path(endpoint, organization, user, LISTS),
    }
}
