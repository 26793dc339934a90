//! Users: listing, reading, creating, changing, deleting (notes section 2.2).

use http::Method;
use serde_json::{Map, Value, json};
use upstream::{Call, Endpoint, Error};

use super::{
    Authorized, RowOutcome, endpoint, object,
    path::{organization_path, segment, user_path},
    rows::outcomes,
};
use crate::{DomainName, EmailAddress, NewUser, User, UserRecord, UserUpdate};

const CREATE: Endpoint = endpoint("POST /orgs/{domain}/users");

impl Authorized {
    /// Every user of an organisation, `GET /orgs/{domain}/users`. There is neither paging nor search.
    pub async fn users(&self, organization: &DomainName) -> Result<Vec<User>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/users");
        let path = organization_path(ENDPOINT, organization, "/users")?;
        self.get(ENDPOINT, path).await?.list("users")
    }

    /// One user of an organisation, `GET /orgs/{domain}/users/{email}`.
    pub async fn user(&self, organization: &DomainName, user: &EmailAddress) -> Result<UserRecord, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /orgs/{domain}/users/{user}");
        let answer = self
            .get(ENDPOINT, user_path(ENDPOINT, organization, user, "")?)
            .await?;
        let fields: Map<String, Value> = object(&answer, "user")?;
        UserRecord::of(fields).ok_or_else(|| answer.unreadable("the answer is no user"))
    }

    /// Creates a user, `POST /orgs/{domain}/users`. The answer is not looked at, except for a failure in it: read the
    /// user to see the outcome.
    pub async fn create_user(&self, organization: &DomainName, user: &NewUser) -> Result<(), Error> {
        segment(CREATE, &user.primary_email)?;
        let path = organization_path(CREATE, organization, "/users")?;
        let answer = self
            .send(Call::new(Method::POST, CREATE, path).json(user.body()))
            .await?;
        match outcomes(&answer, &[&user.primary_email]).pop() {
            Some(RowOutcome::Failed { message, .. }) => Err(answer.rejected(message)),
            _ => Ok(()),
        }
    }

    /// Creates users with one call, `POST /orgs/{domain}/users` with a list. The outcome of each, in their order.
    pub async fn create_users(
        &self,
        organization: &DomainName,
        users: &[NewUser],
    ) -> Result<Vec<RowOutcome>, Error> {
        for user in users {
            segment(CREATE, &user.primary_email)?;
        }
        let path = organization_path(CREATE, organization, "/users")?;
        let bodies: Vec<Value> = users.iter().map(NewUser::body).collect();
        let answer = self
            .send(Call::new(Method::POST, CREATE, path).json(json!(bodies)))
            .await?;
        let addresses: Vec<&EmailAddress> = users.iter().map(|user| &user.primary_email).collect();
        Ok(outcomes(&answer, &addresses))
    }

    /// Changes a user, `PUT /orgs/{domain}/users/{email}`: what was read of them, with the change over it. The answer
    /// says nothing new: read the user again to see the outcome.
    pub async fn update_user(
        &self,
        organization: &DomainName,
        record: &UserRecord,
        update: &UserUpdate,
    ) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /orgs/{domain}/users/{user}");
        let path = user_path(ENDPOINT, organization, &record.user.primary_email, "")?;
        if let Some(email) = &update.primary_email {
            segment(ENDPOINT, email)?;
        }
        let call = Call::new(Method::PUT, ENDPOINT, path).json(record.with(update));
        self.send(call).await.map(drop)
    }

    /// Deletes a user for good, `DELETE /orgs/{domain}/users/{email}`.
    pub async fn delete_user(&self, organization: &DomainName, user: &EmailAddress) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /orgs/{domain}/users/{user}");
        let path = user_path(ENDPOINT, organization, user, "")?;
        self.send(Call::new(Method::DELETE, ENDPOINT, path))
            .await
            .map(drop)
    }
}
