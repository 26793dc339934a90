//! `/{collection}/{uid}`: changing and deleting one object, which the documents do not promise (notes, sections 3 and 9).
//! Unless the setting `pim_items` is on, these paths do not exist; then the specification lists them.
//!
//! An object that another one uses is not deleted. Of a data element only the description changes.

use super::{WRITE, resource::Resource};
use crate::{
    Simulator,
    auth::Caller,
    refusal::Refusal,
    state::pim::{
        Alphabet, Application, Collection, DataElement, DataStore, Mask, Object, Policy, Repository, Role,
        Source,
    },
};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts, Path},
    http::{Method, StatusCode, request::Parts},
    routing::any,
};
use std::ops::Deref;

/// A kind of object whose single objects can be deleted.
trait Item: Resource + Object {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self>;

    /// What uses the object, as the text of a refusal names it.
    fn user(pim: &Repository, uid: &str) -> Option<String>;

    /// Gives an object the values of a body, where something of it can change.
    fn change(&mut self, _to: Self) -> Option<Result<(), Refusal>> {
        None
    }
}

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .merge(of::<Source>())
        .merge(of::<Role>())
        .merge(of::<Mask>())
        .merge(of::<Alphabet>())
        .merge(of::<DataElement>())
        .merge(of::<Policy>())
        .merge(of::<DataStore>())
        .merge(of::<Application>())
}

fn of<T: Item>() -> Router<Simulator> {
    Router::new().route(&format!("{}/{{uid}}", T::PATH), any(item::<T>))
}

/// The sender of a call about a single object. Unless the setting `pim_items` is on, there is no such path, for anyone.
pub(super) struct ItemCaller(Caller);

impl Deref for ItemCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<Simulator> for ItemCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, simulator: &Simulator) -> Result<Self, Refusal> {
        if !simulator.settings(|_| ()).pim_items {
            return Err(Refusal::detail(404, "Not Found"));
        }
        Caller::from_request_parts(parts, simulator).await.map(Self)
    }
}

async fn item<T: Item>(
    method: Method,
    Path(uid): Path<String>,
    caller: ItemCaller,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let pim = state.pim_mut()?;
    T::collection(pim).find(&uid)?;
    match method {
        Method::DELETE => {
            if let Some(user) = T::user(pim, &uid) {
                let name = T::collection(pim).find(&uid)?.object.name().to_owned();
                let text = format!("{} '{name}' is used by {user}", T::KIND);
                return Err(Refusal::detail(400, text));
            }
            T::collection_mut(pim).remove(&uid);
            Ok(StatusCode::NO_CONTENT)
        }
        Method::PUT => {
            let to = T::read(&body)?;
            let changed = T::collection_mut(pim).find_mut(&uid)?.change(to);
            let changed = changed.ok_or_else(|| Refusal::detail(405, "Method Not Allowed"))?;
            changed.map(|()| StatusCode::NO_CONTENT)
        }
        _ => Err(Refusal::detail(405, "Method Not Allowed")),
    }
}

/// The policy with a rule that this is true of.
fn policy_with(pim: &Repository, names: impl Fn(&crate::state::pim::Rule) -> bool) -> Option<String> {
    let mut policies = pim.policies.iter();
    let found = policies.find(|entry| entry.object.rules.iter().any(&names))?;
    Some(format!("policy '{}'", found.object.name))
}

fn element_with(pim: &Repository, parameter: &str, uid: &str) -> Option<String> {
    let mut elements = pim.data_elements.iter();
    let found = elements.find(|entry| entry.object.method.reference(parameter) == Some(uid))?;
    Some(format!("data element '{}'", found.object.name))
}

impl Item for Source {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.sources
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        let mut roles = pim.roles.iter();
        let found = roles.find(|role| {
            let mut members = role.object.members.iter();
            members.any(|member| member.object.source == uid)
        })?;
        Some(format!("role '{}'", found.object.name))
    }
}

impl Item for Role {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.roles
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        policy_with(pim, |rule| rule.role == uid)
    }
}

impl Item for Mask {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.masks
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        policy_with(pim, |rule| rule.mask == uid).or_else(|| element_with(pim, "maskUid", uid))
    }
}

impl Item for Alphabet {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.alphabets
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        element_with(pim, "alphabetUid", uid)
    }
}

impl Item for DataElement {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.data_elements
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        policy_with(pim, |rule| rule.data_element == uid)
    }

    fn change(&mut self, to: Self) -> Option<Result<(), Refusal>> {
        let is_same = self.name == to.name
            && self.method.key == to.method.key
            && self.method.parameters == to.method.parameters;
        if !is_same {
            let text = format!("Only the description of data element '{}' can change", self.name);
            return Some(Err(Refusal::detail(400, text)));
        }
        self.description = to.description;
        Some(Ok(()))
    }
}

impl Item for Policy {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.policies
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        pim.store_with(|assignment| assignment.policies.iter().any(|policy| policy == uid))
    }
}

impl Item for Application {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.applications
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        pim.store_with(|assignment| assignment.applications.iter().any(|one| one == uid))
    }
}

impl Item for DataStore {
    fn collection_mut(pim: &mut Repository) -> &mut Collection<Self> {
        &mut pim.data_stores
    }

    fn user(pim: &Repository, uid: &str) -> Option<String> {
        let has = pim.assignments().into_iter().find(|one| one.data_store == uid)?;
        let policy = has.policies.first().map(|policy| format!("policy '{policy}'"));
        policy.or_else(|| Some(format!("application '{}'", has.applications.first()?)))
    }
}
