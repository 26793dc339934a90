//! The import: a dry run first, then the same request for real, as a job.

use gate::{GateError, Operation, Target};
use protegrity::ImportOutcome;

use super::{
    availability::{EntraError, explain},
    matching::{ExistingMatches, existing, refresh_users},
    report::{DryRun, FailedPortion, Report},
    request::{Counts, ImportForm, ImportRequest, Portion},
};
use crate::{
    Error, Services,
    jobs::{self, Command, FormToken, ImportEntra, Job, JobId, JobReport},
    refusal,
};

/// Whether a call changes the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    DryRun,
    Import,
}

/// Makes a dry run (`POST /federation/entra/users` or `…/groups` with `dryRun`), and keeps it as a job whose next step
/// is the import of exactly what was tried.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn dry_run(
    services: &Services,
    operation: &Operation,
    form: &ImportForm,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    let names = form.roles.iter().chain(&form.identity_providers);
    let request = ImportRequest::read(form, services.validation_of(operation, names).await)?;
    let mut counts = Counts::default();
    for portion in request.portions() {
        counts.add(portion.len(), send(operation, &portion, Mode::DryRun).await?);
    }
    let dry_run = DryRun {
        existing: existing(services, operation, &request).await.ok(),
        counts,
    };
    let outcomes = (0..request.candidates.len()).map(|place| dry_run.outcome(place));
    let outcomes = outcomes.collect();
    let command = Command::ImportEntra(ImportEntra {
        request,
        dry_run: true,
    });
    jobs::keep_done(
        services,
        operation,
        command,
        outcomes,
        JobReport::EntraDryRun(dry_run),
        once,
    )
    .await
}

/// The request of a job, for a form that begins with it.
///
/// # Errors
/// When there is no such job of the caller's.
pub async fn request_of(
    services: &Services,
    operation: &Operation,
    id: &JobId,
) -> Result<Option<ImportRequest>, Error> {
    let job = jobs::find(services, operation, id).await?;
    Ok(match job.command() {
        Command::ImportEntra(import) => Some(import.request.clone()),
        Command::BulkUsers(_)
        | Command::ImportUsers(_)
        | Command::Deploy(_)
        | Command::RequestDeployment(_)
        | Command::CreateRules(_)
        | Command::ImportPolicy(_)
        | Command::Guide(_)
        | Command::BulkMailUsers(_)
        | Command::ImportMailUsers(_) => None,
    })
}

/// One import, as a job runs it.
pub(crate) struct EntraRun {
    request: ImportRequest,
    /// What the cluster had of it before; `None` where that could not be read.
    before: Option<ExistingMatches>,
}

impl EntraRun {
    /// Reads what the cluster has of the request.
    ///
    /// # Errors
    /// When the person has to sign in again: nothing has been sent then.
    pub async fn new(
        services: &Services,
        operation: &Operation,
        request: &ImportRequest,
    ) -> Result<Self, Error> {
        let before = match existing(services, operation, request).await {
            Err(error) if error.ends_session() => return Err(error),
            before => before.ok(),
        };
        Ok(Self {
            request: request.clone(),
            before,
        })
    }

    /// Imports the request in portions. One that fails does not stop the others; the result of each row is found by
    /// reading the cluster before and afterwards, because its answer only counts (notes on the reference, row 61).
    pub async fn all(&self, services: &Services, operation: &Operation, job: &Job) -> Report {
        let request = &self.request;
        let (mut counts, mut failed) = (Counts::default(), Vec::new());
        let mut first = 1;
        for portion in request.portions() {
            let next = first + portion.len();
            let sent = job.patiently(|| send(operation, &portion, Mode::Import));
            match sent.await {
                Ok(outcome) => counts.add(portion.len(), outcome),
                Err(error) => failed.push(FailedPortion {
                    rows: (first, next - 1),
                    is_unknown: error.gate().is_some_and(GateError::is_unknown_outcome),
                    failure: error.into(),
                }),
            }
            first = next;
        }
        let now = existing(services, operation, request).await;
        if request.import_members {
            // The list of users has the members at once; whether that works is no part of the results.
            let _ = refresh_users(services, operation).await;
        }
        Report::of(request, self.before.as_ref(), counts, failed, now)
    }
}

/// One call, with its own event in the audit log.
async fn send(operation: &Operation, portion: &Portion, mode: Mode) -> Result<ImportOutcome, Error> {
    let (kind, is_dry_run) = match mode {
        Mode::DryRun => ("Entra ID dry run", true),
        Mode::Import => ("Entra ID import", false),
    };
    let operation = operation.on(Target::of(kind, portion.counted()));
    let sent = operation.perform(|cluster| async move {
        match portion {
            Portion::Users(users) => cluster.import_entra_users(users, is_dry_run).await,
            Portion::Groups(groups) => cluster.import_entra_groups(groups, is_dry_run).await,
        }
    });
    match sent.await {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(match explain(&operation, error).await {
            // The form of the dry run has fields; the import reports each call as a whole.
            EntraError::Operation(error) if is_dry_run => refusal::at_field(error, refusal::ENTRA_IMPORT),
            error => error.into(),
        }),
    }
}
