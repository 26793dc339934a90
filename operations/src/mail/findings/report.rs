//! Reads what the findings are made of, and keeps each report for a minute: a list that is searched while it is typed
//! asks for it with every letter.

use std::{collections::HashMap, sync::Arc};

use futures::{FutureExt, future::join};
use gate::{Action, Clock, GateError, Operation, VaultKey};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use proofpoint::{DomainName, Organization, User};
use protegrity::User as ClusterUser;

use super::{
    Area, Checked, Finding, FindingsReport, Unchecked, azure, domains_of, licensing, people, senders, sign_in,
};
use crate::{
    Error, Services,
    directory::Loading,
    mail::{is_not_visible, users::MailUsers},
    missing_permission,
    text::grouped,
};

/// How long a report serves.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// The most reports that are kept: one of a large organisation names thousands of people.
const MAX_REPORTS: usize = 32;

/// Whose report, and about which organisation.
type Key = (VaultKey, Option<(String, Timestamp)>, DomainName);

/// The reports of the last minute. Each serves the session that asked for it, because each may see something else.
pub struct Findings {
    clock: Clock,
    reports: Mutex<HashMap<Key, Arc<FindingsReport>>>,
}

impl Findings {
    /// Nothing is read yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            reports: Mutex::default(),
        }
    }

    /// Drops what is too old to be served.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        self.reports.lock().retain(|_, report| is_fresh(report, now));
    }

    /// The findings of the organisation of a domain, read within the last minute or now.
    ///
    /// # Errors
    /// [`Error::NotFound`] where Proofpoint does not show the organisation; Proofpoint's error where nothing could be
    /// read there; [`GateError::NotConnected`] where the session has no account there.
    pub async fn report(
        &self,
        services: &Services,
        operation: &Operation,
        domain: &DomainName,
        refresh: bool,
    ) -> Result<Arc<FindingsReport>, Error> {
        let principal = operation.principal();
        let account = principal.proofpoint.as_ref();
        let account = account.map(|account| (account.email.clone(), account.connected_at));
        let key = (principal.session_key(), account, domain.clone());
        if !refresh && let Some(kept) = self.kept(&key) {
            return Ok(kept);
        }
        let sources = Sources::read(services, operation, domain, refresh).await?;
        let report = Arc::new(sources.judge(domain, self.clock.now()));
        // What failed is tried again with the next request.
        if !report.unchecked.iter().any(|unchecked| unchecked.is_passing) {
            self.keep(key, Arc::clone(&report));
        }
        Ok(report)
    }

    fn kept(&self, key: &Key) -> Option<Arc<FindingsReport>> {
        let report = self.reports.lock().get(key).cloned()?;
        is_fresh(&report, self.clock.now()).then_some(report)
    }

    fn keep(&self, key: Key, report: Arc<FindingsReport>) {
        let now = self.clock.now();
        let mut reports = self.reports.lock();
        reports.retain(|_, report| is_fresh(report, now));
        if reports.len() >= MAX_REPORTS {
            reports.clear();
        }
        reports.insert(key, report);
    }
}

fn is_fresh(report: &FindingsReport, now: Timestamp) -> bool {
    now.duration_since(report.as_of) < FRESH
}

/// What a source returned, or why it was not checked.
type Source<T> = Result<T, Unchecked>;

/// What the findings are made of.
struct Sources {
    organization: Source<Organization>,
    instance: Option<proofpoint::Instance>,
    users: Source<Arc<MailUsers>>,
    licensing: Source<proofpoint::Licensing>,
    azure: Source<Option<proofpoint::AzureSettings>>,
    second_factor: Source<proofpoint::MfaSettings>,
    login: Source<proofpoint::LoginSettings>,
    providers: Source<Vec<proofpoint::IdentityProvider>>,
    cluster_users: Source<Vec<ClusterUser>>,
}

impl Sources {
    /// Reads every source by itself. The organisation comes first: where it is found, the others are.
    async fn read(
        services: &Services,
        operation: &Operation,
        domain: &DomainName,
        refresh: bool,
    ) -> Result<Self, Error> {
        let mail = &services.mail;
        let organization = mail
            .read(operation, domain, |proofpoint| async move {
                proofpoint.organization(domain).await
            })
            .await;
        let organization = match organization {
            Err(error) if ends_report(&error) => return Err(error),
            organization => organization,
        };
        let users = mail.users(operation, domain, refresh);
        let licensing = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.licensing(domain).await
        });
        let azure = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.azure_settings(domain).await
        });
        let second_factor = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.mfa_settings(domain).await
        });
        let login = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.login_settings(domain).await
        });
        let providers = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.identity_providers(domain).await
        });
        let at_proofpoint =
            async { futures::join!(users, licensing, azure, second_factor, login, providers) };
        let in_cluster = cluster_users(services, operation, refresh);
        // Both are large: the future of a page stays small.
        let (at_proofpoint, cluster_users) = join(at_proofpoint.boxed(), in_cluster.boxed()).await;
        let (users, licensing, azure, second_factor, login, providers) = at_proofpoint;
        let failures = [
            users.as_ref().err(),
            licensing.as_ref().err(),
            azure.as_ref().err(),
            second_factor.as_ref().err(),
            login.as_ref().err(),
            providers.as_ref().err(),
        ];
        if let Some(error) = failures
            .into_iter()
            .flatten()
            .find(|error| is_disconnected(error))
        {
            return Err(error.clone());
        }
        match organization {
            Err(error) if failures.iter().all(Option::is_some) => Err(error),
            organization => Ok(Self {
                // It was asked for already: this makes no call.
                instance: match &organization {
                    Ok(_) => mail.instance(operation, domain).await.ok(),
                    Err(_) => None,
                },
                organization: source(Area::Organization, organization),
                users: source(Area::Users, users),
                licensing: source(Area::Licensing, licensing),
                azure: source(Area::Azure, azure),
                second_factor: source(Area::SecondFactor, second_factor),
                login: source(Area::SignIn, login),
                providers: source(Area::Providers, providers),
                cluster_users,
            }),
        }
    }

    /// The findings in what was read.
    fn judge(&self, asked: &DomainName, now: Timestamp) -> FindingsReport {
        let organization = self.organization.as_ref().ok();
        let own = domains_of(organization, asked);
        let users: Option<Vec<&User>> = self
            .users
            .as_ref()
            .ok()
            .map(|list| list.users.iter().map(AsRef::as_ref).collect());
        let mut report = Judging::default();
        report.add(Area::Organization, &self.organization, |organization| {
            let mut checked = senders::of_organization(&organization.senders, &own);
            checked.add(licensing::check(
                organization,
                users.as_deref(),
                self.licensing.as_ref().ok(),
                now,
            ));
            checked
        });
        let of_users = self.users.as_ref().map(|_| users.as_deref().unwrap_or_default());
        report.add(Area::Users, &of_users.map_err(Clone::clone), |users| {
            let mut checked = senders::of_users(users, &own);
            checked.add(people::of_admins(users));
            checked
        });
        report.add(Area::Licensing, &self.licensing, |_| Checked::default());
        report.add(Area::Azure, &self.azure(), |settings| {
            settings
                .map(|settings| azure::check(settings, now))
                .unwrap_or_default()
        });
        report.add(Area::SecondFactor, &self.second_factor, sign_in::of_second_factor);
        report.add(Area::SignIn, &self.login, sign_in::of_login);
        report.add(Area::Providers, &self.providers, |providers| {
            sign_in::of_providers(providers, now)
        });
        report.add(Area::ClusterUsers, &self.across(), |cluster_users| {
            people::across(users.as_deref().unwrap_or_default(), cluster_users, &own)
        });
        let Judging {
            mut findings,
            checked,
            unchecked,
        } = report;
        findings.sort_by_cached_key(|finding| (finding.severity, finding.kind, finding.value.to_lowercase()));
        FindingsReport {
            domain: match organization {
                Some(organization) if !organization.primary_domain.is_empty() => {
                    organization.primary_domain.clone()
                }
                _ => asked.clone(),
            },
            name: organization
                .map(|organization| organization.name.clone())
                .unwrap_or_default(),
            id: organization
                .map(|organization| organization.id.clone())
                .unwrap_or_default(),
            instance: self.instance.clone(),
            findings,
            checked,
            unchecked,
            as_of: now,
        }
    }

    /// The settings, where it is certain that there are none otherwise: Proofpoint may say the same of an organisation
    /// that it does not show.
    fn azure(&self) -> Source<Option<&proofpoint::AzureSettings>> {
        let settings = self.azure.as_ref().map_err(Clone::clone)?;
        match &self.organization {
            Err(missing) if settings.is_none() => Err(needed(Area::Azure, missing)),
            _ => Ok(settings.as_ref()),
        }
    }

    /// The cluster's users, where those at Proofpoint are known too: without them every person would be missing there.
    fn across(&self) -> Source<&[ClusterUser]> {
        let cluster_users = self.cluster_users.as_ref().map_err(Clone::clone)?;
        match (&self.organization, &self.users) {
            (Ok(_), Ok(_)) => Ok(cluster_users),
            (Err(missing), _) | (_, Err(missing)) => Err(needed(Area::ClusterUsers, missing)),
        }
    }
}

/// An area that cannot be checked without another one.
fn needed(area: Area, missing: &Unchecked) -> Unchecked {
    Unchecked {
        what: area.in_words().to_owned(),
        why: format!("It needs another part that was not checked. {}", missing.why),
        is_passing: missing.is_passing,
    }
}

/// A report that is being put together.
#[derive(Default)]
struct Judging {
    findings: Vec<Finding>,
    checked: Vec<Area>,
    unchecked: Vec<Unchecked>,
}

impl Judging {
    fn add<T>(&mut self, area: Area, source: &Source<T>, judge: impl FnOnce(&T) -> Checked) {
        match source {
            Ok(read) => {
                let Checked { findings, unchecked } = judge(read);
                self.findings.extend(findings);
                self.unchecked.extend(unchecked);
                self.checked.push(area);
            }
            Err(unchecked) => self.unchecked.push(unchecked.clone()),
        }
    }
}

fn is_disconnected(error: &Error) -> bool {
    matches!(
        error.gate(),
        Some(GateError::NotConnected | GateError::NotSignedIn)
    )
}

/// Whether there is nothing to report about: no account, or no organisation that it may see.
fn ends_report(error: &Error) -> bool {
    is_disconnected(error) || matches!(error, Error::NotFound(_)) || is_not_visible(error)
}

fn source<T>(area: Area, read: Result<T, Error>) -> Source<T> {
    read.map_err(|error| Unchecked {
        what: area.in_words().to_owned(),
        why: match &error {
            // The organisation itself was found.
            Error::NotFound(_) => "Proofpoint does not show it to this account.".to_owned(),
            error => error.in_one_line(),
        },
        is_passing: !matches!(error, Error::NotFound(_)),
    })
}

/// The users of the cluster, where the session may list them.
async fn cluster_users(
    services: &Services,
    operation: &Operation,
    refresh: bool,
) -> Source<Vec<ClusterUser>> {
    let not_checked = |why: String, is_passing| Unchecked {
        what: Area::ClusterUsers.in_words().to_owned(),
        why,
        is_passing,
    };
    if let Err(denial) = operation.principal().allow(Action::ListUsers) {
        let why = missing_permission(denial.permission.name, &denial.roles);
        return Err(not_checked(why, false));
    }
    match services.directory.index_soon(operation, refresh).await {
        Ok(Loading::Ready(index)) => Ok(index.users().collect()),
        Ok(Loading::UnderWay(rows)) => {
            let rows = grouped(rows as u64);
            let why =
                format!("The users of the cluster are still being read, {rows} so far. Refresh in a moment.");
            Err(not_checked(why, true))
        }
        Err(error) => Err(not_checked(Error::from(error).in_one_line(), true)),
    }
}
