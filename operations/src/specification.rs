//! What the cluster's own specification of policy management lists, kept for minutes and shared by all sessions: the
//! document is the same for everyone, and is asked for without a token (reference lines 35-85).

use std::sync::Arc;

use gate::{Clock, Operation, OperationError};
use jiff::Timestamp;
use protegrity::{
    Api, Specification,
    pim::{ItemCall, ItemKind},
};
use tokio::sync::watch;

use crate::directory::cache::{Cacheable, Loading, SharedCache};

/// The specification with the time at which it was read.
pub(crate) struct Read {
    specification: Specification,
    loaded_at: Timestamp,
}

impl Cacheable for Read {
    /// Nothing of it changes but by reading it again.
    type Source = ();
    type Update = std::convert::Infallible;
    type Error = OperationError;

    async fn load(
        (): &(),
        operation: &Operation,
        clock: &Clock,
        _progress: &watch::Sender<Option<usize>>,
    ) -> Result<Self, OperationError> {
        let loaded_at = clock.now();
        let read =
            operation.read_without_token(|cluster| async move { cluster.specification(Api::Pim).await });
        Ok(Self {
            specification: read.await?,
            loaded_at,
        })
    }

    /// Every session may read it.
    async fn probe((): &(), _operation: &Operation) -> Result<(), OperationError> {
        Ok(())
    }

    fn loaded_at(&self) -> Timestamp {
        self.loaded_at
    }

    fn apply(&self, _update: &Self::Update) -> Option<Self> {
        None
    }
}

impl Read {
    /// The specification.
    pub fn specification(&self) -> &Specification {
        &self.specification
    }
}

/// The specification of policy management, read once for all who wait.
pub struct PimSpecification(Arc<SharedCache<Read>>);

impl PimSpecification {
    /// One that has not been read.
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Arc::new(SharedCache::new((), clock)))
    }

    /// The specification.
    ///
    /// # Errors
    /// The cluster's error.
    pub(crate) async fn get(&self, operation: &Operation) -> Result<Arc<Read>, OperationError> {
        self.0.get(operation, false).await
    }

    /// Whether the cluster offers this call for one object. What is not known soon is not offered: a page does not wait
    /// for it.
    pub async fn offers(&self, operation: &Operation, call: ItemCall, kind: ItemKind) -> bool {
        match self.0.get_soon(operation, false).await {
            Ok(Loading::Ready(read)) => read.specification.lists_item(call, kind),
            Ok(Loading::UnderWay(_)) => false,
            Err(error) => {
                tracing::info!(%error, "the specification of policy management could not be read");
                false
            }
        }
    }

    /// Drops a copy that is too old.
    pub(crate) fn sweep(&self) {
        self.0.sweep();
    }
}
