//! The calls of policy management, `pim` v2 (reference section 5, lines 2904-3129; notes sections 3, 4 and 9).

mod data_elements;
mod data_stores;
mod deploy;
mod items;
mod policies;
mod roles;

use http::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use upstream::{Answer, Call, Endpoint, Error};

pub use data_stores::CreatedExportKey;

use crate::{
    Api,
    pim::{Object, UID, already_exists},
};

use super::{Authorized, endpoint};

/// The calls of policy management, with the token of an [`Authorized`] client. They work only where the workbench is
/// installed (reference line 2908): elsewhere a gateway answers 404 or 503.
///
/// The endpoints in errors begin with `/pim`, as the reference's paths do: `GET /pim/roles` is not `GET /roles`.
///
/// Reading needs the permission `workbench_management_policy_read`, changing `workbench_management_policy_write`.
#[derive(Clone, Copy, Debug)]
pub struct Pim<'a> {
    caller: &'a Authorized,
}

/// The outcome of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<U> {
    /// `None` where the answer has none: list the objects and look for the name, see
    /// [`find_named`](crate::pim::find_named).
    pub uid: Option<U>,
}

/// The outcome of [`Pim::initialize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialization {
    Done,
    /// 409, or words that say so: it was initialised before.
    DoneBefore,
}

impl Authorized {
    /// The calls of policy management.
    pub fn pim(&self) -> Pim<'_> {
        Pim { caller: self }
    }
}

impl Pim<'_> {
    /// Creates the keys and the repository of policies, `POST /pim/init` without a body (reference lines 2929-2947).
    /// It is the first call of a new cluster.
    pub async fn initialize(self) -> Result<Initialization, Error> {
        let call = Call::new(Method::POST, endpoint("POST /pim/init"), pim_path("/init"));
        match self.caller.send(call).await {
            Ok(_) => Ok(Initialization::Done),
            Err(error) if already_exists(&error) => Ok(Initialization::DoneBefore),
            Err(error) => Err(error),
        }
    }

    async fn get(self, endpoint: Endpoint, path: &str) -> Result<Answer, Error> {
        self.caller.send(Call::get(endpoint, pim_path(path))).await
    }

    /// A list: bare, in an envelope, or under `data`, `items` or `key` (notes section 3).
    async fn list<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        key: &str,
    ) -> Result<Vec<T>, Error> {
        self.get(endpoint, path).await?.list(key)
    }

    /// A list of objects. Rows that name nothing are left out.
    async fn objects<T: DeserializeOwned + Object>(
        self,
        endpoint: Endpoint,
        path: &str,
        key: &str,
    ) -> Result<Vec<T>, Error> {
        let mut rows: Vec<T> = self.list(endpoint, path, key).await?;
        rows.retain(|row| !row.uid().is_empty() || !row.name().is_empty());
        Ok(rows)
    }

    async fn post(self, endpoint: Endpoint, path: &str, body: Value) -> Result<Answer, Error> {
        let call = Call::new(Method::POST, endpoint, pim_path(path)).json(body);
        self.caller.send(call).await
    }

    /// A creation. Any 2xx is success; the answer may be empty, or have no uid (notes section 4).
    async fn create<U: From<String>>(
        self,
        endpoint: Endpoint,
        path: &str,
        draft: &impl Serialize,
    ) -> Result<Created<U>, Error> {
        let answer = self.post(endpoint, path, json!(draft)).await?;
        Ok(Created {
            uid: answer.identifier(UID),
        })
    }
}

/// Below the pim API, with a path that is encoded already.
fn pim_path(path: &str) -> String {
    format!("{}{path}", Api::Pim.path())
}
