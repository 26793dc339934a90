//! Permissions and roles (reference lines 642-960).

use http::Method;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_all_filled, check_filled};

use crate::{Permission, PermissionName, Role, RoleName};

use super::{Authorized, auth_path, endpoint};

/// `POST /roles` and `PUT /roles`: a role as it shall be. Both send all of it, the permissions as the full
/// list that holds afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleDraft {
    /// Which role it is, too: a role is not renamed.
    pub name: RoleName,
    pub description: String,
    pub permissions: Vec<PermissionName>,
}

impl RoleDraft {
    fn body(&self, endpoint: Endpoint) -> Result<Value, Error> {
        check_filled(endpoint, "role's name", &self.name)?;
        check_all_filled(endpoint, "name of a permission", &self.permissions)?;
        Ok(json!({
            "name": self.name, "description": self.description, "permissions": self.permissions,
        }))
    }
}

impl Authorized {
    /// All permissions the cluster knows, `GET /permissions`. Rows without a name are left out.
    pub async fn permissions(&self) -> Result<Vec<Permission>, Error> {
        let mut rows: Vec<Permission> = self
            .get(endpoint("GET /permissions"), "/permissions")
            .await?
            .list("permissions")?;
        rows.retain(|row| !row.name.is_empty());
        Ok(rows)
    }

    /// The roles this person may see, `GET /roles`: not necessarily all there are (row 14). Rows without a
    /// name are left out.
    pub async fn roles(&self) -> Result<Vec<Role>, Error> {
        self.roles_at(endpoint("GET /roles")).await
    }

    pub(super) async fn roles_at(&self, endpoint: Endpoint) -> Result<Vec<Role>, Error> {
        let mut rows: Vec<Role> = self.get(endpoint, "/roles").await?.list("roles")?;
        rows.retain(|row| !row.name.is_empty());
        Ok(rows)
    }

    /// Creates a role, `POST /roles` (reference lines 866-915). The answer repeats the name under another key
    /// (row 17) and says nothing else.
    pub async fn create_role(&self, role: &RoleDraft) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /roles");
        let call = Call::new(Method::POST, ENDPOINT, auth_path("/roles")).json(role.body(ENDPOINT)?);
        self.send(call).await.map(drop)
    }

    /// Changes a role, `PUT /roles` (reference lines 815-864): description and permissions become what is
    /// given.
    pub async fn update_role(&self, role: &RoleDraft) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /roles");
        let call = Call::new(Method::PUT, ENDPOINT, auth_path("/roles")).json(role.body(ENDPOINT)?);
        self.send(call).await.map(drop)
    }

    /// Deletes a role, `DELETE /roles` with its name in the body (reference lines 917-960). The reference's
    /// sample says `POST`, which would create one: never sent, whatever a `DELETE` is answered with (row 19).
    pub async fn delete_role(&self, name: &RoleName) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /roles");
        check_filled(ENDPOINT, "role's name", name)?;
        let call = Call::new(Method::DELETE, ENDPOINT, auth_path("/roles")).json(json!({"name": name}));
        self.send(call).await.map(drop)
    }
}
