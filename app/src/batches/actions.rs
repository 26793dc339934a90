//! Stopping work on many at once, trying again what failed, and going on after a dry run.

use gate::{Action, Target};
use leptos::prelude::*;

use super::{find, path, refused};
use crate::{error::PortalError, flash::Done, visit::visit};

/// Begins no other row; those under way are finished.
#[server(prefix = "/api", endpoint = "batches/stop")]
#[allow(clippy::unused_async, reason = "a server function is async")]
pub async fn stop_batch(id: String) -> Result<(), PortalError> {
    let visit = visit();
    visit.open(Action::SteerBatch, Target::named("batch", &id))?;
    let batch = find(&visit, &id)?;
    batch.stop();
    visit.done(Done::default().with_next(path(batch.id())));
    Ok(())
}

/// Tries the rows again that failed or were stopped.
#[server(prefix = "/api", endpoint = "batches/retry")]
#[allow(clippy::unused_async, reason = "a server function is async")]
pub async fn retry_batch(id: String) -> Result<(), PortalError> {
    let visit = visit();
    let batch = find(&visit, &id)?;
    let passage = visit.open(batch.action(), Target::named("batch", batch.id()))?;
    let id = visit.gate.batches().retry(&passage, &id).map_err(refused)?;
    visit.done(Done::default().with_next(path(&id)));
    Ok(())
}

/// Does for real what a dry run found possible.
#[server(prefix = "/api", endpoint = "batches/follow")]
#[allow(clippy::unused_async, reason = "a server function is async")]
pub async fn follow_batch(id: String) -> Result<(), PortalError> {
    let visit = visit();
    let batch = find(&visit, &id)?;
    let passage = visit.open(batch.action(), Target::named("batch", batch.id()))?;
    let id = visit.gate.batches().follow(&passage, &id).map_err(refused)?;
    visit.done(Done::default().with_next(path(&id)));
    Ok(())
}
