//! One request as the pages and server functions see it: who asks, from where, and what the gate
//! lets them do. Made by the HTTP layer before anything is rendered.

use std::sync::{Arc, Mutex, PoisonError};

use gate::{Action, Caller, Denial, Gate, GateError, Needs, Passage, Target, Visitor};
use leptos::prelude::*;

use crate::{
    entra::Plans,
    error::{ErrorKind, PortalError},
    flash::{Done, Failed, Flash},
    form::Fields,
    ui::{Assets, Denied},
};

/// A choice of theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name in the cookie, the form and the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// An account of the simulator, listed on the sign-in page in demo mode.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The user name.
    pub user_name: &'static str,
    /// The password, the same for all.
    pub password: &'static str,
    /// What the account may do, in a few words.
    pub about: &'static str,
}

/// Why a page is not shown.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What was asked for.
    pub action: Action,
    /// Why it is refused.
    pub denial: Denial,
}

/// Everything about one request. Cheap to clone.
#[derive(Clone)]
pub struct Visit(Arc<Request>);

/// What a [`Visit`] is made of.
#[derive(Clone)]
pub struct Request {
    /// The gate.
    pub gate: Gate,
    /// The session behind the cookie.
    pub session: gate::Session,
    /// Who is signed in.
    pub visitor: Option<Visitor>,
    /// From which request this comes.
    pub caller: Caller,
    /// Whether browsers come over https, so that cookies are `Secure`.
    pub secure: bool,
    /// The chosen theme.
    pub theme: Theme,
    /// What the request before had to say.
    pub flash: Option<Flash>,
    /// Why the page is not shown, if it is not.
    pub refusal: Option<Refusal>,
    /// The accounts to list on the sign-in page: those of the simulator, in demo mode.
    pub demo_accounts: Option<&'static [DemoAccount]>,
    /// Addresses of style, scripts and pictures.
    pub assets: Arc<Assets>,
    /// The path of the address.
    pub path: String,
    /// The query of the address, without the question mark.
    pub query: String,
    /// The dry runs of imports from Entra ID.
    pub plans: Plans,
    /// What a server function did, for the layer that answers.
    pub outcome: Outcome,
}

/// Where a server function leaves what it did.
#[derive(Clone, Debug, Default)]
pub struct Outcome(Arc<Mutex<Option<Done>>>);

impl Outcome {
    fn put(&self, done: Done) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    }

    /// What was done, if a server function said so.
    pub fn take(&self) -> Option<Done> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl From<Request> for Visit {
    fn from(request: Request) -> Self {
        Self(Arc::new(request))
    }
}

impl std::ops::Deref for Visit {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.0
    }
}

/// The request that is being answered.
///
/// # Panics
/// Outside a request. The HTTP layer provides it for every page and server function.
pub fn visit() -> Visit {
    expect_context()
}

impl Visit {
    /// Opens the gate for one action on one target.
    ///
    /// # Errors
    /// In words for the person.
    pub fn open(&self, action: Action, target: Target) -> Result<Passage, PortalError> {
        self.gate
            .open(self.visitor.as_ref(), &self.caller, action, target)
            .map_err(|error| self.explain(action, &error))
    }

    /// What this visit is made of, to make another one like it.
    pub fn request(&self) -> Request {
        Request::clone(&self.0)
    }

    /// The path and query of the address.
    pub fn address(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// The first value of this name in the address's query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Whether the gate would let this person do this at all, whatever the target.
    ///
    /// # Errors
    /// In words for the person.
    pub fn permit(&self, action: Action) -> Result<(), PortalError> {
        if action.rule().needs == Needs::Nothing {
            return Ok(());
        }
        self.open(action, Target::portal()).map(drop)
    }

    /// Says what was done, for the page that follows.
    pub fn done(&self, done: Done) {
        self.outcome.put(done);
    }

    /// Whether the person may do this; if not, what the disabled control says.
    pub fn denied(&self, action: Action) -> Option<Denied> {
        let profile = &self.visitor.as_ref()?.profile;
        let denial = profile.permissions.allow(action, &profile.catalogue).err()?;
        Some(Denied {
            permission: denial.permission.to_owned(),
            roles: denial.roles.iter().map(ToString::to_string).collect(),
        })
    }

    /// What failed with the form of this server function, if the request before was that form.
    pub fn failed(&self, form: &str) -> Option<&Failed> {
        match &self.flash {
            Some(Flash::Failed(failed)) if failed.form == form => Some(failed),
            _ => None,
        }
    }

    /// What the fields of this form hold: what was typed before a failure, else what is there.
    pub fn fields(&self, form: &str) -> Fields {
        Fields::of(self.failed(form))
    }

    /// An error of the gate in words for the person, logged once here.
    pub fn explain(&self, action: Action, error: &GateError) -> PortalError {
        let explained = explain(action, error);
        let request_id = &self.caller.request_id;
        if explained.kind == ErrorKind::Internal {
            tracing::error!(%error, request_id, ?action, "failed");
        } else {
            tracing::info!(%error, request_id, ?action, "refused");
        }
        PortalError {
            request_id: Some(self.caller.request_id.clone()),
            ..explained
        }
    }
}

fn explain(action: Action, error: &GateError) -> PortalError {
    let wording = action.rule().wording;
    match error {
        GateError::NotSignedIn => {
            PortalError::new(ErrorKind::SignIn, "Your session has ended.").with_detail("Sign in to go on.")
        }
        GateError::SignInAgain => {
            PortalError::new(ErrorKind::SignInAgain, "The cluster wants your password again.")
                .with_detail("Its session has ended. Sign in again and go on where you were.")
        }
        GateError::Forbidden {
            permission, roles, ..
        } => PortalError::new(ErrorKind::Forbidden, format!("You may not {wording}."))
            .with_detail(crate::ui::missing_permission(permission, roles)),
        GateError::Cluster(error) => explain_cluster(wording, error),
        GateError::Store(_) => {
            PortalError::new(ErrorKind::Internal, format!("The portal could not {wording}."))
                .with_detail("Try again. If it happens again, report the request id.")
        }
    }
}

/// What the cluster said, in its own words where it had any.
fn explain_cluster(wording: &str, error: &protegrity::Error) -> PortalError {
    use protegrity::ErrorKind as Upstream;
    let said = |otherwise: &str| match error.upstream_message() {
        Some(words) => format!("The cluster said: {words}"),
        None => otherwise.to_owned(),
    };
    let (kind, title, detail) = match error.kind() {
        Upstream::Unreachable => (
            ErrorKind::Unreachable,
            "The cluster could not be reached.".to_owned(),
            "Try again in a moment. If it goes on, tell whoever runs the cluster.".to_owned(),
        ),
        Upstream::Timeout => (
            ErrorKind::Unreachable,
            "The cluster did not answer in time.".to_owned(),
            "Whether it did what was asked is not known: look before you try again.".to_owned(),
        ),
        Upstream::Forbidden => (
            ErrorKind::Forbidden,
            format!("The cluster did not let you {wording}."),
            said("It answered 403: a permission is missing."),
        ),
        Upstream::NotFound => (
            ErrorKind::NotFound,
            "It is not there.".to_owned(),
            said("It may have been deleted, or the address may be wrong."),
        ),
        Upstream::Conflict => (
            ErrorKind::Conflict,
            format!("Could not {wording}."),
            said("It clashes with what is there already."),
        ),
        Upstream::Rejected => (
            ErrorKind::Invalid,
            format!("Could not {wording}."),
            said("The cluster refused it without a reason."),
        ),
        _ => (
            ErrorKind::Cluster,
            format!("Could not {wording}: the cluster failed."),
            said("Try again in a moment. If it goes on, tell whoever runs the cluster."),
        ),
    };
    PortalError::new(kind, title).with_detail(detail)
}
