//! Permissions, roles and the password policy: what there is (reference lines 652-818, 2205-2272).

use serde_json::Value;

use crate::{Api, PasswordPolicy, Permission, Role};

use super::{Authorized, Error, answer::Answer, call::Call};

impl Authorized {
    /// All permissions the cluster knows. Rows without a name are left out.
    pub async fn permissions(&self) -> Result<Vec<Permission>, Error> {
        let mut rows: Vec<Permission> = self
            .get("GET /permissions", "/permissions")
            .await?
            .list("permissions")?;
        rows.retain(|row| !row.name.is_empty());
        Ok(rows)
    }

    /// The roles this person may see: not necessarily all there are (row 14). Rows without a name are left
    /// out.
    pub async fn roles(&self) -> Result<Vec<Role>, Error> {
        let mut rows: Vec<Role> = self.get("GET /roles", "/roles").await?.list("roles")?;
        rows.retain(|row| !row.name.is_empty());
        Ok(rows)
    }

    /// What a new password must be.
    pub async fn password_policy(&self) -> Result<PasswordPolicy, Error> {
        let answer = self.get("GET /passwordpolicy", "/passwordpolicy").await?;
        if answer.is_empty() || answer.value_or_null() == Value::Null {
            // No rule in force is a policy too.
            return Ok(PasswordPolicy::default());
        }
        answer.item("policy")
    }

    /// A `GET` below the auth API.
    pub(super) async fn get(&self, endpoint: &'static str, path: &str) -> Result<Answer, Error> {
        let call = Call::get(endpoint, format!("{}{path}", Api::Auth.path()));
        self.transport().send(call.bearer(&self.token)).await
    }
}
