//! The account's own data: the test of a login (notes section 7).

use upstream::{Endpoint, Error};

use super::{Authorized, endpoint, object};
use crate::Account;

pub(super) const ME: Endpoint = endpoint("GET /me");
pub(super) const PATH: &str = "/me";

impl Authorized {
    /// The account that the credentials belong to, `GET /me`.
    pub async fn me(&self) -> Result<Account, Error> {
        let answer = self.get(ME, PATH.to_owned()).await?;
        let account: Account = object(&answer, "user")?;
        if account.primary_email.is_empty() && account.user_type.is_none() {
            return Err(answer.unreadable("the answer is no account"));
        }
        Ok(account)
    }
}
