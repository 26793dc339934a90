//! Users: listing, reading, creating, changing, deleting, locking (reference lines 960-1412).

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_filled, encode_segment, non_empty, put};

use crate::{Api, IdentityProviders, RoleName, User, UserId};

use super::{Authorized, endpoint};

/// `POST /users`. What is empty or `None` is not sent.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub username: String,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// Always sent, though the reference's sample leaves it out (row 20).
    pub enabled: bool,
    pub password: Option<SecretString>,
    /// The reference calls it optional and says that every user must have one (row 75): ask for it in the
    /// form.
    pub roles: Vec<RoleName>,
    pub groups: Vec<String>,
    pub identity_providers: IdentityProviders,
}

/// The outcome of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedUser {
    /// `None` where the answer has none: look the user up by name.
    pub id: Option<UserId>,
}

/// `PUT /users`. What is `None` is not sent. There is no password in it: a form that edits a user must not
/// reset one as a side effect (row 26).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserUpdate {
    pub id: UserId,
    /// The name the user has. The reference's sample sends it and leaves the id out; we send both (row 25).
    pub username: Option<String>,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub enabled: Option<bool>,
    pub roles: Option<Vec<RoleName>>,
    pub groups: Option<Vec<String>>,
    pub identity_providers: Option<IdentityProviders>,
}

impl NewUser {
    /// An enabled user with this name and nothing else.
    pub fn new(username: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            enabled: true,
            ..Self::default()
        }
    }

    fn body(&self) -> Value {
        let mut body = json!({"username": self.username, "enabled": self.enabled});
        put(&mut body, "email", non_empty(self.email.as_ref()));
        put(&mut body, "firstName", non_empty(self.first_name.as_ref()));
        put(&mut body, "lastName", non_empty(self.last_name.as_ref()));
        let password = self.password.as_ref().map(ExposeSecret::expose_secret);
        put(
            &mut body,
            "password",
            password.filter(|password| !password.is_empty()),
        );
        put(
            &mut body,
            "roles",
            Some(&self.roles).filter(|roles| !roles.is_empty()),
        );
        put(
            &mut body,
            "groups",
            Some(&self.groups).filter(|groups| !groups.is_empty()),
        );
        put(
            &mut body,
            "identityProviders",
            Some(&self.identity_providers).filter(|links| !links.is_empty()),
        );
        body
    }
}

impl UserUpdate {
    /// A change of nothing, to be filled in.
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    fn body(&self) -> Value {
        let mut body = json!({"id": self.id});
        put(&mut body, "username", self.username.as_ref());
        put(&mut body, "email", self.email.as_ref());
        put(&mut body, "firstName", self.first_name.as_ref());
        put(&mut body, "lastName", self.last_name.as_ref());
        put(&mut body, "enabled", self.enabled);
        put(&mut body, "roles", self.roles.as_ref());
        put(&mut body, "groups", self.groups.as_ref());
        put(&mut body, "identityProviders", self.identity_providers.as_ref());
        body
    }
}

impl Authorized {
    /// At most `max` users after the first `first`. There is no total and no search: ask until a page is
    /// short (row 28).
    pub async fn users(&self, first: u32, max: u32) -> Result<Vec<User>, Error> {
        let query = vec![("max", max.to_string()), ("first", first.to_string())];
        let call = Call::get(endpoint("GET /users"), users_path("")).query(query);
        self.send(call).await?.list("users")
    }

    /// One user, with roles and groups (row 27).
    pub async fn user(&self, id: &UserId) -> Result<User, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /users/{user_id}");
        let call = Call::get(ENDPOINT, user_path(ENDPOINT, id, "")?);
        let answer = self.send(call).await?;
        let user: User = answer.item("user")?;
        if user.id.is_empty() && user.username.is_empty() {
            return Err(answer.unreadable("the answer is no user"));
        }
        // It is the user asked for even where the answer does not repeat the id.
        Ok(if user.id.is_empty() {
            User {
                id: id.clone(),
                ..user
            }
        } else {
            user
        })
    }

    /// Creates the user. Any 2xx is success, whatever the answer says (row 24).
    pub async fn create_user(&self, user: &NewUser) -> Result<CreatedUser, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /users");
        check_filled(ENDPOINT, "user name", &user.username)?;
        let call = Call::new(Method::POST, ENDPOINT, users_path(""))
            .json(user.body())
            .hiding(user.password.as_ref().map(ExposeSecret::expose_secret));
        let answer = self.send(call).await?;
        // Row 23: `user_id` in some answers, `userId` in others.
        Ok(CreatedUser {
            id: answer.identifier(&["user_id", "userId", "id"]),
        })
    }

    /// Changes what is given. The answer says nothing new: read the user again to see the outcome.
    pub async fn update_user(&self, update: &UserUpdate) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /users");
        encode_segment(ENDPOINT, "user id", &update.id)?;
        let call = Call::new(Method::PUT, ENDPOINT, users_path("")).json(update.body());
        self.send(call).await.map(drop)
    }

    /// Deletes the user for good.
    pub async fn delete_user(&self, id: &UserId) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /users/{user_id}");
        // No body, though the reference's sample ends in a stray one (row 29).
        let call = Call::new(Method::DELETE, ENDPOINT, user_path(ENDPOINT, id, "")?);
        self.send(call).await.map(drop)
    }

    /// Locks the account. The answer's id may be another's (row 32), so it is not looked at.
    pub async fn lock_user(&self, id: &UserId) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /users/{user_id}/lock");
        let call = Call::new(Method::PUT, ENDPOINT, user_path(ENDPOINT, id, "/lock")?);
        self.send(call).await.map(drop)
    }
}

/// Below `/users`, with a path that is encoded already.
pub(super) fn users_path(rest: &str) -> String {
    format!("{}/users{rest}", Api::Auth.path())
}

pub(super) fn user_path(endpoint: Endpoint, id: &UserId, rest: &str) -> Result<String, Error> {
    Ok(users_path(&format!(
        "/{}{rest}",
        encode_segment(endpoint, "user id", id)?
    )))
}
