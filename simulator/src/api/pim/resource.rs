//! [`Resource`]: the objects that are listed and created at one path.

use super::{
    READ, WRITE,
    answers::{created, listed},
};
use crate::{
    Simulator,
    auth::Caller,
    refusal::Refusal,
    state::pim::{Collection, Entry, Repository},
};
use axum::{Router, body::Bytes, response::Response, routing::get};
use serde::Serialize;

/// A kind of object with `GET` and `POST` at its path.
pub(super) trait Resource: Serialize + Sized + 'static {
    const PATH: &'static str;

    /// The object in the body of a create.
    fn read(body: &[u8]) -> Result<Self, Refusal>;

    fn collection(pim: &Repository) -> &Collection<Self>;

    /// Adds the object after all checks.
    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal>;
}

pub(super) fn routes<T: Resource>() -> Router<Simulator> {
    Router::new().route(T::PATH, get(list::<T>).post(create::<T>))
}

async fn list<T: Resource>(caller: Caller) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(listed(state.settings.pim_answers, T::collection(state.pim()?)))
}

async fn create<T: Resource>(caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let object = T::read(&body)?;
    let answers = state.settings.pim_answers;
    Ok(created(answers, object.create(state.pim_mut()?)?))
}
