//! Server functions: one road for a plain form and for a script.
//!
//! A plain form is answered by a redirect to the page that follows, which shows the outcome (a
//! flash message in the session); a script gets JSON. When the cluster wants the password again, a
//! plain form is held on the server and carried out after the sign-in.

use app::{
    error::{ErrorKind, PortalError},
    flash::{Done, Failed, Flash},
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

use super::{LARGEST_FORM, Portal, provide_visit, visits};

/// The page that follows, for a script.
const NEXT: HeaderName = HeaderName::from_static("x-postern-next");

/// A form as it arrived.
struct Form {
    /// The path of the server function.
    path: String,
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
    let answer = match to_bytes(body, LARGEST_FORM).await {
        Ok(body) => {
            let form = Form { path, body, page };
            let answered = run(&form, visit.clone()).await;
            if wants_page {
                show(&visit, form, answered).await
            } else {
                tell(&visit, answered).await
            }
        }
        Err(_) => Ok((StatusCode::PAYLOAD_TOO_LARGE, "The form is too large.").into_response()),
    };
    answer.unwrap_or_else(|error: GateError| {
        tracing::error!(%error, "an outcome could not be kept");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// Runs the server function of this form. It is asked for JSON always, so that there is one way to
/// read what it says.
async fn run(form: &Form, visit: Visit) -> Answered {
    if function_action(&form.path).is_none() {
        // A function that is not in the table is open to nobody.
        let error = PortalError::new(ErrorKind::NotFound, "There is no such function.");
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

/// The answer to a plain form: the page that follows. After a sign-in, the form that waited for it is
/// carried out first.
async fn show(visit: &Visit, form: Form, answered: Answered) -> Result<Response, GateError> {
    let Answered { result, mut cookies } = answered;
    let done = match result {
        Ok(done) if form.path == path_of(Action::SignIn) => done,
        result => return Ok(redirect(&settle(visit, form, result).await?, cookies)),
    };
    let Some((visit, form)) = held(visit).await? else {
        return Ok(redirect(done.next.as_deref().unwrap_or("/"), cookies));
    };
    let answered = run(&form, visit.clone()).await;
    cookies.extend(answered.cookies);
    Ok(redirect(&settle(&visit, form, answered.result).await?, cookies))
}

/// The form that waits for whoever has just signed in, and their visit.
async fn held(visit: &Visit) -> Result<Option<(Visit, Form)>, GateError> {
    let Some(visitor) = visit.gate.visitor(&visit.session).await? else {
        return Ok(None);
    };
    let Some(held) = visit.gate.take_held(&visitor).await? else {
        return Ok(None);
    };
    let HeldRequest { path, body, page, .. } = held;
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
            body: body.into(),
            page,
        },
    )))
}

/// Keeps what came of a form for the page that follows, and says which that is.
async fn settle(visit: &Visit, form: Form, result: Result<Done, PortalError>) -> Result<String, GateError> {
    let Form { path, body, page } = form;
    let error = match result {
        Ok(done) => {
            let to = done.next.clone().unwrap_or(page);
            keep_done(visit, done).await?;
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
    let typed = typed(&body);
    let to = if path == path_of(Action::SignIn) {
        next::sign_in(typed.get("next").map_or("/", String::as_str))
    } else {
        page
    };
    visits::keep(
        &visit.session,
        Flash::Failed(Failed {
            form: path,
            error,
            typed,
        }),
    )
    .await?;
    Ok(to)
}

/// The answer to a script: where to go, or what failed.
async fn tell(visit: &Visit, answered: Answered) -> Result<Response, GateError> {
    let Answered { result, cookies } = answered;
    let mut response = match result {
        Ok(done) => {
            let next = done
                .next
                .as_deref()
                .and_then(|next| HeaderValue::from_str(next).ok());
            keep_done(visit, done).await?;
            let mut response = StatusCode::NO_CONTENT.into_response();
            if let Some(next) = next {
                response.headers_mut().insert(NEXT, next);
            }
            response
        }
        Err(error) => {
            let status =
                StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(error)).into_response()
        }
    };
    add_cookies(&mut response, cookies);
    Ok(response)
}

/// Keeps what was done for the page that follows, if there is anything to say.
async fn keep_done(visit: &Visit, done: Done) -> Result<(), GateError> {
    if done.title.is_empty() {
        Ok(())
    } else {
        visits::keep(&visit.session, Flash::Done(done)).await
    }
}

fn redirect(to: &str, cookies: Vec<HeaderValue>) -> Response {
    let mut response = Redirect::to(to).into_response();
    add_cookies(&mut response, cookies);
    response
}

fn add_cookies(response: &mut Response, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// The path of the server function that is this action.
fn path_of(action: Action) -> &'static str {
    let row = app::routes::FUNCTIONS.iter().find(|(_, known)| *known == action);
    row.map_or("", |(path, _)| path)
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

/// What was typed into a form, without what must not be shown again.
fn typed(body: &[u8]) -> std::collections::BTreeMap<String, String> {
    url::form_urlencoded::parse(body)
        .filter(|(name, _)| {
            !["password", "secret", "token"]
                .iter()
                .any(|word| name.to_lowercase().contains(word))
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_kept_with_what_was_typed() {
        let typed = typed(b"user_name=ana&password=x&newPassword=y&client_secret=z&next=%2Fusers");
        assert_eq!(typed.into_keys().collect::<Vec<_>>(), ["next", "user_name"]);
    }

    #[test]
    fn the_path_of_an_action_is_that_of_the_table() {
        assert_eq!(path_of(Action::SignIn), "/api/sign-in");
    }
}
