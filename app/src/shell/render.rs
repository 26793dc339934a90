//! Renders a page: load first, then the document, so that the status is known before the first byte.

use std::{pin::Pin, sync::Arc};

use futures::{Stream, StreamExt, stream};
use hydration_context::SsrSharedContext;
use leptos::{
    prelude::*,
    reactive::{computed::ScopedFuture, owner::Owner},
};

use super::{document, refused};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    redirect,
    ui::Page,
};

/// The answer to a request for a page.
pub enum Rendered {
    /// The way to another page.
    Redirect(String),
    /// A whole document with its status.
    Document(u16, String),
    /// A document that is sent in parts.
    Streamed(Pin<Box<dyn Stream<Item = String> + Send>>),
}

/// Loads the page and renders it, or the reason why it is not shown.
pub async fn render(
    context: RequestContext,
    load: impl Future<Output = PageResult> + Send + 'static,
) -> Rendered {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let rendering = {
        let context = context.clone();
        owner.with(|| {
            provide_context(context.clone());
            provide_context(context.assets.clone());
            ScopedFuture::new(async move {
                match load.await {
                    Ok(page) => document_of(&context, page),
                    Err(error) => failure(&context, error),
                }
            })
        })
    };
    match rendering.await {
        // The owner holds what the sections that follow need.
        Rendered::Streamed(parts) => {
            let end = stream::once(async move {
                drop(owner);
                String::new()
            });
            Rendered::Streamed(Box::pin(parts.chain(end)))
        }
        rendered => rendered,
    }
}

/// The page that says that there is none at this address.
pub async fn render_not_found(context: RequestContext) -> Rendered {
    let error = PortalError::new(ErrorKind::NotFound, "There is no such page.")
        .with_detail("The address may be mistyped, or the page may have moved.");
    render(context, async move { Err(error) }).await
}

fn document_of(context: &RequestContext, page: Page) -> Rendered {
    let streams = page.streams;
    let view = document(context, page);
    if streams {
        Rendered::Streamed(Box::pin(view.to_html_stream_in_order()))
    } else {
        Rendered::Document(200, view.to_html())
    }
}

fn failure(context: &RequestContext, error: PortalError) -> Rendered {
    if matches!(error.kind, ErrorKind::SignIn | ErrorKind::SignInAgain) {
        return Rendered::Redirect(redirect::sign_in(&context.address()));
    }
    if error.kind == ErrorKind::Connect {
        return Rendered::Redirect(redirect::connect(&context.address()));
    }
    let status = error.kind.status();
    let page = refused::page(context, error);
    Rendered::Document(status, document(context, page).to_html())
}
