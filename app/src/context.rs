//! One request as pages and server functions see it: the principal, the origin, and what the gate permits. The HTTP
//! layer makes it before anything is rendered.

use std::{collections::HashMap, sync::Arc};

use gate::{Action, Gate, Needs, Operation, OperationError, Principal, RequestOrigin, System, Target};
use jiff::SignedDuration;
use leptos::prelude::*;
use operations::{Services, reviews::FormValues};

use crate::{
    error::PortalError,
    flash::{Failed, Flash},
    form::Fields,
    links,
    site_map::SiteMap,
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

/// An account of a simulator, listed in demo mode where it is asked for.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The system that it is an account of.
    pub system: System,
    /// The user name.
    pub user_name: &'static str,
    /// The password, the same for all.
    pub password: &'static str,
    /// What the account may do, in a few words.
    pub about: &'static str,
}

/// Everything about one request. Cheap to clone.
#[derive(Clone)]
pub struct RequestContext(Arc<RequestParts>);

/// The parts of a [`RequestContext`].
#[derive(Clone)]
pub struct RequestParts {
    /// The gate.
    pub gate: Gate,
    /// Caches and long work.
    pub services: Services,
    /// The session behind the cookie.
    pub session: gate::Session,
    /// The signed-in person.
    pub principal: Option<Arc<Principal>>,
    /// The request.
    pub origin: RequestOrigin,
    /// Whether browsers come over https, so that cookies are `Secure`.
    pub secure: bool,
    /// The chosen theme.
    pub theme: Theme,
    /// The outcomes of the forms that led to this page.
    pub flashes: Vec<Flash>,
    /// The accounts of the simulators, in demo mode.
    pub demo_accounts: Option<&'static [DemoAccount]>,
    /// How many requests this person can decide about.
    pub awaiting: usize,
    /// The map of the pages.
    pub site_map: &'static SiteMap,
    /// Addresses of style, scripts and pictures.
    pub assets: Arc<Assets>,
    /// The path of the address, as it was sent.
    pub path: String,
    /// The query of the address, without the question mark.
    pub query: String,
    /// The segments that the route names, decoded once.
    pub params: HashMap<String, String>,
    /// The nonce of the answer's scripts.
    pub nonce: String,
}

impl From<RequestParts> for RequestContext {
    fn from(parts: RequestParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for RequestContext {
    type Target = RequestParts;

    fn deref(&self) -> &RequestParts {
        &self.0
    }
}

impl RequestContext {
    /// The request that a server function answers.
    ///
    /// # Panics
    /// Outside a request. The HTTP layer provides it for every page and server function.
    pub fn current() -> Self {
        expect_context()
    }

    /// Begins one action on one target.
    ///
    /// # Errors
    /// When the session has ended or the permission is missing.
    pub async fn begin(&self, action: Action, target: Target) -> Result<Operation, OperationError> {
        self.gate
            .begin(self.principal.as_ref(), &self.origin, action, target)
            .await
    }

    /// How much longer the session of this person lasts when no request follows.
    pub fn session_left(&self, principal: &Principal) -> SignedDuration {
        let left = principal.ends_at.duration_since(self.gate.now());
        left.min(self.gate.rules().idle)
    }

    /// The parts, to make a similar context.
    pub fn parts(&self) -> RequestParts {
        RequestParts::clone(&self.0)
    }

    /// The path and query of the address.
    pub fn address(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// The segment of the address that the route calls so; empty when it names none.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// The first value of this name in the address's query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Whether the gate would allow this action at all, whatever the target.
    ///
    /// # Errors
    /// When the session has ended or the permission is missing.
    pub async fn permit(&self, action: Action) -> Result<(), PortalError> {
        if action.rule().needs == Needs::Nothing {
            return Ok(());
        }
        self.begin(action, Target::portal()).await?;
        Ok(())
    }

    /// What a disabled control says, where the principal may not do this.
    pub fn denied(&self, action: Action) -> Option<Denied> {
        let denial = self.principal.as_ref()?.allow(action).err()?;
        Some(Denied {
            permission: denial.permission.name.to_owned(),
            roles: denial.roles.iter().map(ToString::to_string).collect(),
        })
    }

    /// The failure of this server function's form, if that form led here.
    pub fn failed(&self, form: &str) -> Option<&Failed> {
        self.flashes.iter().find_map(|flash| match flash {
            Flash::Failed(failed) if failed.form == form => Some(failed),
            _ => None,
        })
    }

    /// Keeps a change for its review, and returns the address of the review of what is at this page.
    pub fn keep_for_review(&self, operation: &Operation, page: &str, values: FormValues) -> String {
        let change = self.services.reviews.keep(operation.principal(), values);
        links::review(page, &change)
    }

    /// The values of a form whose change may wait for its review: the address of the page then names the change.
    pub fn fields_to_review(&self, form: &str) -> Fields {
        let waiting = match (&self.principal, self.query_value("change"), self.failed(form)) {
            (Some(principal), Some(change), None) => self.services.reviews.get(principal, &change),
            _ => None,
        };
        match waiting {
            Some(values) => Fields::again(values),
            None => self.fields(form),
        }
    }

    /// The values of this form's fields: those submitted before a failure, else the present ones.
    pub fn fields(&self, form: &str) -> Fields {
        Fields::of(self.failed(form))
    }
}
