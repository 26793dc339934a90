//! Server functions: one road for a plain form and for a script.
//!
//! A plain form is answered by a redirect to the page that follows, which shows the outcome (a
//! flash message, see `flashes`); a script gets JSON. When the cluster wants the password again, a
//! plain form is held on the server and carried out after the sign-in.

use app::{
    error::{ErrorKind, PortalError},
    flash::{Done, Failed, Flash, Typed},
    next,
    routes::function_action,
    visit::{Request as VisitRequest, Visit},
};
use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, REFERER, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use gate::{Action, GateError, HeldRequest};
use leptos_axum::handle_server_fns_with_context;
use tracing::Instrument;

use super::{
    Portal,
    body::{self, LARGEST_FORM},
    provide_visit,
};

/// How much of what was typed is kept for the page that follows, for somebody who is not signed in:
/// fields, and bytes of each. The others get back all that a form may hold.
const MOST_KEPT: usize = 32;
const LONGEST_KEPT: usize = 1024;

/// The page that follows, for a script.
const NEXT: HeaderName = HeaderName::from_static("x-postern-next");

/// A form as it arrived.
struct Form {
    /// The path of the server function.
    path: String,
    /// The action that it is.
    action: Action,
    body: Bytes,
    /// The page that it stood on, a local path.
    page: String,
}

/// What came of a form.
struct Answered {
    result: Result<Done, PortalError>,
    cookies: Vec<HeaderValue>,
}

/// `POST /api/…`
pub(super) async fn call(State(portal): State<Portal>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let wants_page = wants_page(&parts.headers);
    let page = referring_page(&portal, &parts.headers);
    let path = parts.uri.path().to_owned();
    let Some(action) = function_action(&path) else {
        // A function that is not in the table is open to nobody.
        return (StatusCode::NOT_FOUND, "There is no such function.").into_response();
    };
    let body = match body::read(&parts.headers, body).await {
        Ok(body) => body,
        Err(why) => {
            let error = PortalError {
                request_id: Some(visit.caller.request_id.clone()),
                ..why.into()
            };
            return unread(&portal, &visit, wants_page, &page, error, path);
        }
    };
    // On its own feet: what a form asks for is carried out whole and written down, whether or not
    // the browser waits for the answer.
    let form = Form {
        path,
        action,
        body,
        page,
    };
    let work = tokio::spawn(answer(portal, visit, form, wants_page).in_current_span());
    match work.await {
        Ok(answer) => answer.unwrap_or_else(|error| {
            tracing::error!(%error, "the outcome of a form could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// A form that could not be read is answered like any other that cannot be accepted.
fn unread(
    portal: &Portal,
    visit: &Visit,
    wants_page: bool,
    page: &str,
    error: PortalError,
    form: String,
) -> Response {
    if !wants_page {
        return (error.kind.status_code(), Json(error)).into_response();
    }
    let failed = Flash::Failed(Failed {
        form,
        error,
        typed: Typed::default(),
    });
    let cookie = portal
        .flashes
        .keep(failed, who(visit), portal.origins.is_secure());
    lead(true, page, cookie.into_iter().collect())
}

/// Carries a form out and answers it. After a sign-in, the form that waited for it is carried out
/// as well, and its page follows.
async fn answer(portal: Portal, visit: Visit, form: Form, wants_page: bool) -> Result<Response, GateError> {
    let Answered { result, mut cookies } = run(&form, visit.clone()).await;
    let waiting = match &result {
        Ok(_) if form.action == Action::SignIn => waiting(&visit, &form).await?,
        _ => None,
    };
    if let Some((visit, form)) = waiting {
        let answered = run(&form, visit.clone()).await;
        cookies.extend(answered.cookies);
        let to = settle(&portal, &visit, form, answered.result, &mut cookies).await?;
        return Ok(lead(wants_page, &to, cookies));
    }
    if wants_page {
        let to = settle(&portal, &visit, form, result, &mut cookies).await?;
        return Ok(lead(wants_page, &to, cookies));
    }
    Ok(tell(&portal, &visit, result, cookies))
}

/// Runs the server function of this form. It is asked for JSON always, so that there is one way to
/// read what it says.
async fn run(form: &Form, visit: Visit) -> Answered {
    if let Err(error) = visit.permit(form.action) {
        return Answered {
            result: Err(error),
            cookies: Vec::new(),
        };
    }
    let request = http::Request::post(form.path.as_str())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .extension(visit.clone())
        .body(Body::from(form.body.clone()));
    let response = match request {
        Ok(request) => handle_server_fns_with_context(provide_visit, request)
            .await
            .into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    };
    let cookies = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
    let result = if response.status().is_success() {
        Ok(visit.outcome.take().unwrap_or_default())
    } else {
        Err(read_error(response, &visit).await)
    };
    Answered { result, cookies }
}

async fn read_error(response: Response, visit: &Visit) -> PortalError {
    let status = response.status();
    let body = to_bytes(response.into_body(), LARGEST_FORM)
        .await
        .unwrap_or_default();
    let mut error = serde_json::from_slice(&body).unwrap_or_else(|_| {
        tracing::error!(%status, "a server function's error could not be read");
        PortalError::new(ErrorKind::Internal, "Something went wrong in the portal.")
    });
    error
        .request_id
        .get_or_insert_with(|| visit.caller.request_id.clone());
    error
}

/// The form that waits for whoever has just signed in, and their visit. The sign-in that goes on with
/// what is still on the screen leaves nothing to wait for.
async fn waiting(visit: &Visit, sign_in: &Form) -> Result<Option<(Visit, Form)>, GateError> {
    let Some(visitor) = visit.gate.visitor(&visit.session).await? else {
        return Ok(None);
    };
    let held = visit.gate.take_held(&visitor).await?;
    let resumes = url::form_urlencoded::parse(&sign_in.body).any(|(name, _)| name == "resume");
    let Some(HeldRequest { path, body, page, .. }) = held.filter(|_| !resumes) else {
        return Ok(None);
    };
    let Some(action) = function_action(&path) else {
        return Ok(None);
    };
    let outcome = app::visit::Outcome::default();
    let visit = VisitRequest {
        visitor: Some(visitor),
        outcome,
        ..visit.request()
    };
    Ok(Some((
        visit.into(),
        Form {
            path,
            action,
            body: body.into(),
            page,
        },
    )))
}

/// Keeps what came of a form for the page that follows, and says which that is.
async fn settle(
    portal: &Portal,
    visit: &Visit,
    form: Form,
    result: Result<Done, PortalError>,
    cookies: &mut Vec<HeaderValue>,
) -> Result<String, GateError> {
    let Form {
        path,
        action,
        body,
        page,
    } = form;
    let error = match result {
        Ok(done) => {
            let to = done.next.clone().unwrap_or(page);
            cookies.extend(keep_done(portal, visit, done));
            return Ok(to);
        }
        Err(error) => error,
    };
    if matches!(error.kind, ErrorKind::SignIn | ErrorKind::SignInAgain) {
        let to = next::sign_in(&page);
        if let Some(visitor) = visit
            .visitor
            .as_ref()
            .filter(|_| error.kind == ErrorKind::SignInAgain)
        {
            let held = HeldRequest {
                path,
                body: body.to_vec(),
                page,
                at: visit.gate.now(),
            };
            visit.gate.hold(visitor, held).await?;
        }
        return Ok(to);
    }
    let typed = typed(&body, visit.visitor.is_some());
    let to = match action {
        Action::SignIn => next::sign_in(typed.first("next").unwrap_or("/")),
        _ => page,
    };
    let failed = Flash::Failed(Failed {
        form: path,
        error,
        typed,
    });
    cookies.extend(
        portal
            .flashes
            .keep(failed, who(visit), portal.origins.is_secure()),
    );
    Ok(to)
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

/// The answer to a script: done, with where to go if that is elsewhere, or what failed.
fn tell(
    portal: &Portal,
    visit: &Visit,
    result: Result<Done, PortalError>,
    mut cookies: Vec<HeaderValue>,
) -> Response {
    let mut response = match result {
        Ok(Done {
            answer: Some(json), ..
        }) => ([(CONTENT_TYPE, "application/json")], json).into_response(),
        Ok(done) => {
            let next = done.next.clone();
            cookies.extend(keep_done(portal, visit, done));
            match next {
                Some(next) => return lead(false, &next, cookies),
                None => StatusCode::NO_CONTENT.into_response(),
            }
        }
        Err(error) => (error.kind.status_code(), Json(error)).into_response(),
    };
    add_cookies(&mut response, cookies);
    response
}

/// Keeps what was done for the page that follows, if there is anything to say.
fn keep_done(portal: &Portal, visit: &Visit, done: Done) -> Option<HeaderValue> {
    if done.title.is_empty() {
        return None;
    }
    portal
        .flashes
        .keep(Flash::Done(done), who(visit), portal.origins.is_secure())
}

/// Whom the outcome is for.
fn who(visit: &Visit) -> Option<&str> {
    visit
        .visitor
        .as_ref()
        .map(|visitor| visitor.profile.user_name.as_str())
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

/// The page that a form stood on. Asking the cluster anew is not asked for again.
fn referring_page(portal: &Portal, headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer
        .and_then(|referer| portal.origins.local_path(referer))
        .unwrap_or_default();
    next::local(&page)
}

/// What was typed into a form, without what must not be shown again; of a stranger's form no more than
/// the sign-in has.
fn typed(body: &[u8], is_signed_in: bool) -> Typed {
    // A file may have passwords in it.
    let is_secret = |name: &str| {
        let name = name.to_lowercase();
        ["password", "secret", "token", "file"]
            .iter()
            .any(|word| name.contains(word))
    };
    url::form_urlencoded::parse(body)
        .filter(|(name, value)| {
            !is_secret(name) && (is_signed_in || name.len() + value.len() <= LONGEST_KEPT)
        })
        .take(if is_signed_in { usize::MAX } else { MOST_KEPT })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_kept_with_what_was_typed() {
        let typed = typed(
            b"user_name=ana&password=x&newPassword=y&client_secret=z&roles%5B%5D=a&roles%5B%5D=b",
            true,
        );
        let names: Vec<_> = typed.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["user_name", "roles[]", "roles[]"]);
        assert_eq!(typed.all("roles[]").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn little_is_kept_of_what_a_stranger_typed() {
        let long = format!("user_name={}&next=%2F", "x".repeat(2 * LONGEST_KEPT));
        assert_eq!(typed(long.as_bytes(), false).first("user_name"), None);
        assert!(typed(long.as_bytes(), true).first("user_name").is_some());
    }
}
