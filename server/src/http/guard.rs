//! The guard: session, tokens and permission are checked before anything is loaded.

use app::{context::RequestContext, error::PortalError, redirect};
use futures::future::BoxFuture;
use gate::{Action, Needs, OperationError};

/// The function of a row of the table that answers `GET`.
pub(super) type Load<T> = dyn Fn(RequestContext) -> BoxFuture<'static, Result<T, PortalError>> + Send + Sync;

/// Loads what a row of the table offers, where the caller may have it.
///
/// # Errors
/// The refusal of the guard, which the gate has audited, or the failure to load.
pub(super) async fn load<T>(
    context: RequestContext,
    action: Action,
    load: &'static Load<T>,
) -> Result<T, PortalError> {
    check(&context, action).await?;
    load(context).await
}

async fn check(context: &RequestContext, action: Action) -> Result<(), PortalError> {
    if action.rule().needs == Needs::Nothing {
        return Ok(());
    }
    if let Some(principal) = &context.principal {
        // Before the permission: a person whose session has ended at the system signs in again first.
        let tokens = context.gate.ensure_tokens(principal).await;
        tokens.map_err(|error| OperationError {
            action,
            request_id: context.origin.request_id.clone(),
            error,
        })?;
    }
    context.permit(action).await
}

/// The page that follows the sign-in page for a caller who is signed in already, with tokens that the system accepts.
pub(super) async fn beyond_sign_in(context: &RequestContext) -> Option<String> {
    let principal = context.principal.as_ref()?;
    context.gate.ensure_tokens(principal).await.ok()?;
    let next = context.query_value("next").unwrap_or_default();
    Some(redirect::safe_local_path(&next))
}
