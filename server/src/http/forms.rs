//! Server functions: one road for a plain form and for a script.
//!
//! A plain form is answered by a redirect to the page that follows, which shows the outcome (a flash message, see
//! `flashes`); a script gets JSON. When a system requires the password again, a plain form is stored on the server
//! and carried out after the sign-in.

use std::{borrow::Cow, sync::Arc};

use app::{
    context::{RequestContext, RequestParts},
    error::{ErrorKind, PortalError},
    flash::{Done, Failed, Flash, SubmittedForm},
    redirect,
    routes::{Handler, Route, table},
    sign_in::SIGN_IN_ALONE,
};
use axum::{
    Json,
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, REFERER, RETRY_AFTER, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use futures::future::BoxFuture;
use gate::{Action, GateError, Needs, PendingForm, Principal};
use tracing::Instrument;

use super::{
    Portal,
    body::{Accepts, Fields},
    returned::Returned,
    session_cookie::SessionChange,
};

/// The page that follows, for a script.
const NEXT: HeaderName = HeaderName::from_static("x-postern-next");

/// The remaining time of the session in milliseconds, for a script that stays on its page.
const SESSION_LEFT: HeaderName = HeaderName::from_static("x-postern-session-left");

/// Carries out the server function of a form.
type Run = dyn Fn(RequestContext, Vec<u8>) -> BoxFuture<'static, Result<Done, PortalError>> + Send + Sync;

/// A row of the table that answers `POST`.
#[derive(Clone, Copy)]
pub(super) struct Function {
    path: &'static str,
    action: Action,
    takes_file: bool,
    run: &'static Run,
}

impl Function {
    /// The server function of this row.
    pub fn new(route: &'static Route, run: &'static Run) -> Self {
        Self {
            path: route.path,
            action: route.action,
            takes_file: route.takes_file,
            run,
        }
    }

    /// What may be read of the body of a caller who may use it.
    fn accepts(self, context: &RequestContext) -> Accepts {
        match self.action.rule().needs {
            Needs::Nothing if context.principal.is_none() => Accepts::Open,
            _ if self.takes_file => Accepts::File,
            _ => Accepts::Form,
        }
    }

    /// The server function at this address.
    fn at(path: &str) -> Option<Self> {
        let route = table().iter().find(|route| route.path == path)?;
        match &route.handler {
            Handler::Form(run) => Some(Self::new(route, &**run)),
            _ => None,
        }
    }
}

/// A form as it arrived.
struct Form {
    function: Function,
    body: Bytes,
    /// The page that it stood on, a local path.
    page: String,
    headers: HeaderMap,
}

/// Answers `POST /api/…`. The permission comes before the body: of a caller who may not use the function nothing is
/// read, except for a page that shows the typed values again after the sign-in.
pub(super) async fn answer(
    portal: Portal,
    context: RequestContext,
    function: Function,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let wants_page = wants_page(&headers);
    let page = referring_page(&portal, &headers);
    let accepts = match context.permit(function.action).await {
        Ok(()) => function.accepts(&context),
        Err(error) if error.kind == ErrorKind::SignIn && wants_page => Accepts::WithoutSession,
        Err(error) => {
            portal.bodies.discard(body);
            let error = with_request_id(error, &context);
            return refuse(&portal, &context, function, wants_page, &page, error).await;
        }
    };
    let Fields { bytes: body, room } = match portal.bodies.read(&headers, body, accepts).await {
        Ok(fields) => fields,
        Err(_) if accepts == Accepts::WithoutSession => {
            let returned = Returned {
                failed: not_kept(),
                page: page.clone(),
            };
            let address = context.origin.address.as_deref();
            let cookie = portal.returned.keep(&headers, address, &returned).await;
            return lead(true, &redirect::sign_in(&page), cookie.into_iter().collect());
        }
        Err(unreadable) => {
            let error = with_request_id(unreadable.into(), &context);
            return refuse(&portal, &context, function, wants_page, &page, error).await;
        }
    };
    // In a task of its own: a form is carried out completely, and its outcome recorded, whether or not the browser
    // waits for the answer.
    let form = Form {
        function,
        body,
        page,
        headers,
    };
    let work = async move {
        let answer = carry_out(portal, context, form, wants_page).await;
        drop(room);
        answer
    };
    let work = tokio::spawn(work.in_current_span());
    match work.await {
        Ok(response) => response.unwrap_or_else(|error| {
            tracing::error!(%error, "the session of a form could not be read or written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// A form that was not read is answered like any other that cannot be accepted.
async fn refuse(
    portal: &Portal,
    context: &RequestContext,
    function: Function,
    wants_page: bool,
    page: &str,
    error: PortalError,
) -> Response {
    if !wants_page {
        return failure(error);
    }
    if matches!(error.kind, ErrorKind::Busy | ErrorKind::Incomplete) {
        // No redirect: the browser can send the same form again.
        return in_plain_text(&error);
    }
    let failed = Failed {
        form: function.path.to_owned(),
        error,
        submitted: SubmittedForm::default(),
    };
    let cookie = portal.flashes.keep(context, page, &Flash::Failed(failed)).await;
    lead(true, page, cookie.into_iter().collect())
}

/// The error as a script reads it.
fn failure(error: PortalError) -> Response {
    let retry_after = error.retry_after;
    let response = (error.kind.status_code(), Json(error)).into_response();
    with_retry_after(response, retry_after)
}

fn in_plain_text(error: &PortalError) -> Response {
    let words = format!("{}\n{}", error.title, error.detail.as_deref().unwrap_or_default());
    with_retry_after(
        (error.kind.status_code(), words).into_response(),
        error.retry_after,
    )
}

pub(super) fn with_retry_after(mut response: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// Carries a form out and answers it. After a sign-in, the form that waited for it is carried out as well, and its
/// page follows.
async fn carry_out(
    portal: Portal,
    context: RequestContext,
    form: Form,
    wants_page: bool,
) -> Result<Response, GateError> {
    let mut result = run(&context, &form).await;
    let change = session_change(form.function.action, &result);
    let mut cookies: Vec<HeaderValue> = cookie(&result).into_iter().collect();
    let pending = match &mut result {
        Ok(done) if form.function.action == Action::SignIn => {
            let principal = context.gate.principal(&context.session).await?;
            if let Some(principal) = &principal {
                if let Some(before) = &context.principal
                    && before.user_name == principal.user_name
                {
                    portal.flashes.pass_on(before, principal).await;
                }
                cookies.extend(portal.returned.mark_cookie(&principal.user_name));
                give_back(&portal, &context, &form, &principal.user_name, done).await;
            }
            pending(&portal, &context, &form, principal, done).await?
        }
        _ => None,
    };
    if let Some((context, form)) = pending {
        let result = run(&context, &form).await;
        cookies.extend(cookie(&result));
        let to = conclude(&portal, &context, form, result, &mut cookies).await?;
        return Ok(marked(lead(wants_page, &to, cookies), change));
    }
    if wants_page {
        let to = conclude(&portal, &context, form, result, &mut cookies).await?;
        return Ok(marked(lead(wants_page, &to, cookies), change));
    }
    Ok(marked(
        report(&portal, &context, &form.page, result, cookies).await,
        change,
    ))
}

/// What a server function did to the session.
fn session_change(action: Action, result: &Result<Done, PortalError>) -> Option<SessionChange> {
    match (action, result) {
        (Action::SignIn, Ok(_)) => Some(SessionChange::SignIn),
        (Action::SignOut, Ok(_)) => Some(SessionChange::SignOut),
        _ => None,
    }
}

fn marked(mut response: Response, change: Option<SessionChange>) -> Response {
    if let Some(change) = change {
        response.extensions_mut().insert(change);
    }
    response
}

/// Runs the server function of this form, where the caller has the permission.
async fn run(context: &RequestContext, form: &Form) -> Result<Done, PortalError> {
    let Function { action, run, .. } = form.function;
    let result = match context.permit(action).await {
        Ok(()) => run(context.clone(), form.body.to_vec()).await,
        Err(error) => Err(error),
    };
    result.map_err(|error| with_request_id(error, context))
}

fn with_request_id(error: PortalError, context: &RequestContext) -> PortalError {
    let request_id = error.request_id;
    PortalError {
        request_id: request_id.or_else(|| Some(context.origin.request_id.clone())),
        ..error
    }
}

/// The cookie that a server function sets.
fn cookie(result: &Result<Done, PortalError>) -> Option<HeaderValue> {
    let cookie = result.as_ref().ok()?.cookie.as_deref()?;
    HeaderValue::from_str(cookie).ok()
}

/// What a sign-in says about the form that waits for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// It is carried out.
    CarryOut,
    /// It is shown again, and not carried out.
    ShowAgain,
    /// It is dropped: the sign-in resumes the form on the screen.
    Drop,
}

impl Waiting {
    fn of(sign_in: &Form) -> Self {
        let has = |field: &str| url::form_urlencoded::parse(&sign_in.body).any(|(name, _)| name == field);
        if has("resume") {
            Self::Drop
        } else if has(SIGN_IN_ALONE) {
            Self::ShowAgain
        } else {
            Self::CarryOut
        }
    }
}

/// Leads a person who has just signed in to the form that arrived after the session had ended, with what was typed.
async fn give_back(
    portal: &Portal,
    context: &RequestContext,
    sign_in: &Form,
    user_name: &str,
    done: &mut Done,
) {
    let returned = portal.returned.take(&sign_in.headers, user_name).await;
    if let Some(Returned { failed, page }) = returned
        && Waiting::of(sign_in) != Waiting::Drop
    {
        portal.flashes.keep(context, &page, &Flash::Failed(failed)).await;
        done.next = Some(page);
    }
}

/// The form that waits for the person who has just signed in and is carried out now, with its context.
async fn pending(
    portal: &Portal,
    context: &RequestContext,
    sign_in: &Form,
    principal: Option<Arc<Principal>>,
    done: &mut Done,
) -> Result<Option<(RequestContext, Form)>, GateError> {
    let Some(principal) = principal else {
        return Ok(None);
    };
    let waiting = context.gate.take_pending(&principal).await?;
    let Some(PendingForm { path, body, page, .. }) = waiting else {
        return Ok(None);
    };
    let Some(function) = Function::at(&path) else {
        return Ok(None);
    };
    match Waiting::of(sign_in) {
        Waiting::Drop => return Ok(None),
        Waiting::ShowAgain => {
            let failed = not_sent(function, &body, "You signed in without it.");
            portal.flashes.keep(context, &page, &Flash::Failed(failed)).await;
            done.next = Some(page);
            return Ok(None);
        }
        Waiting::CarryOut => {}
    }
    let context = RequestContext::from(RequestParts {
        principal: Some(principal),
        ..context.parts()
    });
    let form = Form {
        function,
        body: body.into(),
        page,
        headers: sign_in.headers.clone(),
    };
    Ok(Some((context, form)))
}

/// Keeps the outcome of a form for the page that follows, and returns the address of that page. Where a system
/// requires the password again, the form itself is kept.
async fn conclude(
    portal: &Portal,
    context: &RequestContext,
    form: Form,
    result: Result<Done, PortalError>,
    cookies: &mut Vec<HeaderValue>,
) -> Result<String, GateError> {
    let Form {
        function,
        body,
        page,
        headers,
    } = form;
    let error = match result {
        Ok(done) => {
            let to = done.next.clone().unwrap_or(page);
            cookies.extend(keep_done(portal, context, &to, done).await);
            return Ok(to);
        }
        Err(error) => error,
    };
    if matches!(error.kind, ErrorKind::SignIn | ErrorKind::SignInAgain) {
        let to = redirect::sign_in(&page);
        if error.kind == ErrorKind::SignInAgain
            && let Some(principal) = &context.principal
        {
            let pending = PendingForm {
                path: function.path.to_owned(),
                body: body.to_vec(),
                page,
                at: context.gate.now(),
            };
            context.gate.store_pending(principal, pending).await?;
        } else if error.kind == ErrorKind::SignIn {
            let failed = not_sent(function, &body, "The session had ended.");
            let address = context.origin.address.as_deref();
            let returned = Returned { failed, page };
            cookies.extend(portal.returned.keep(&headers, address, &returned).await);
        }
        return Ok(to);
    }
    let submitted = SubmittedForm::of_body(&body);
    let to = match function.action {
        Action::SignIn => redirect::sign_in(submitted.first("next").unwrap_or("/")),
        _ => page,
    };
    let failed = Failed {
        form: function.path.to_owned(),
        error,
        submitted,
    };
    cookies.extend(portal.flashes.keep(context, &to, &Flash::Failed(failed)).await);
    Ok(to)
}

/// A form that was not carried out, as it is shown again.
fn not_sent(function: Function, body: &[u8], reason: &str) -> Failed {
    let submitted = SubmittedForm::of_body(body);
    let mut detail = format!("{reason} Check the values and send the form again.");
    let is_left_out =
        |(name, value): (Cow<'_, str>, Cow<'_, str>)| SubmittedForm::leaves_out(&name) && !value.is_empty();
    if url::form_urlencoded::parse(body).any(is_left_out) {
        detail.push_str(" Passwords, secrets and files are not kept: enter them again.");
    }
    Failed {
        form: function.path.to_owned(),
        error: PortalError::new(
            ErrorKind::SignIn,
            "Nothing was changed yet: the form was not sent.",
        )
        .with_detail(detail),
        submitted,
    }
}

/// A form whose session had ended, and which is more than is read of a caller without one.
fn not_kept() -> Failed {
    Failed {
        // No form shows it: they all hold what is there now.
        form: String::new(),
        error: PortalError::new(
            ErrorKind::SignIn,
            "Nothing was changed: the form was not sent, and could not be kept.",
        )
        .with_detail(
            "The session had ended, and the form holds a file or more text than is kept without one. Enter it again.",
        ),
        submitted: SubmittedForm::default(),
    }
}

/// The answer that leads to a page: a redirect for a plain form, the address for a script.
fn lead(wants_page: bool, to: &str, cookies: Vec<HeaderValue>) -> Response {
    let mut response = if wants_page {
        Redirect::to(to).into_response()
    } else {
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Ok(to) = HeaderValue::from_str(to) {
            response.headers_mut().insert(NEXT, to);
        }
        response
    };
    add_cookies(&mut response, cookies);
    response
}

/// The answer to a script: the address of another page that follows, the answer to its question, or the error.
async fn report(
    portal: &Portal,
    context: &RequestContext,
    page: &str,
    result: Result<Done, PortalError>,
    mut cookies: Vec<HeaderValue>,
) -> Response {
    let mut response = match result {
        Ok(Done {
            answer: Some(json), ..
        }) => ([(CONTENT_TYPE, "application/json")], json).into_response(),
        Ok(done) => {
            let next = done.next.clone();
            let page = next.as_deref().unwrap_or(page);
            cookies.extend(keep_done(portal, context, page, done).await);
            match next {
                Some(next) => return lead(false, &next, cookies),
                None => StatusCode::NO_CONTENT.into_response(),
            }
        }
        Err(error) => failure(error),
    };
    if let Some(principal) = &context.principal {
        let left = context.session_left(principal).as_millis();
        let left = HeaderValue::from(i64::try_from(left).unwrap_or(i64::MAX));
        response.headers_mut().insert(SESSION_LEFT, left);
    }
    add_cookies(&mut response, cookies);
    response
}

/// Keeps a success for the page that follows, where there is anything to say.
async fn keep_done(portal: &Portal, context: &RequestContext, page: &str, done: Done) -> Option<HeaderValue> {
    if done.title.is_empty() {
        return None;
    }
    portal.flashes.keep(context, page, &Flash::Done(done)).await
}

fn add_cookies(response: &mut Response, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The page that a form stood on.
fn referring_page(portal: &Portal, headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer
        .and_then(|referer| portal.origins.local_path(referer))
        .unwrap_or_default();
    redirect::safe_local_path(&page)
}
