//! The server functions of the import: the dry run, and the import itself.

use gate::{Action, GateError, Passage, Target};
use leptos::prelude::*;
use protegrity::{Authorized, ImportOutcome, permissions as known};

use super::{
    super::{IMPORT, chosen::What, plan::NotReady, trouble::trouble},
    order::{self, Order, Plan, Rows, Sent, Tally},
    report::{FailedPortion, Report, gone},
    there::{Place, look_up, renew_users},
};
use crate::{
    error::{ErrorKind, PortalError},
    flash::Done,
    form::{Faults, shown_again},
    visit::{Visit, visit},
};

/// Makes a dry run of an import (`POST /federation/entra/users` or `…/groups` with `dryRun`) and records
/// what was tried. With `step=find` the form comes back with what was found.
#[server(prefix = "/api", endpoint = "entra/dry-run")]
pub async fn try_entra_import(
    #[server(default)] what: String,
    #[server(default)] chosen: Vec<String>,
    #[server(default)] roles: Vec<String>,
    #[server(default)] role_names: String,
    #[server(default)] identity_providers: Vec<String>,
    #[server(default)] import_members: String,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    if step == "find" {
        return Err(shown_again());
    }
    let sent = Sent {
        what: &what,
        chosen: &chosen,
        roles: &roles,
        role_names: &role_names,
        providers: &identity_providers,
        import_members: import_members == "true",
    };
    let mut faults = Faults::default();
    let order = order::read(&sent, &mut faults);
    faults.finish()?;

    let mut tally = Tally::default();
    for rows in order.portions() {
        tally.add(rows.len(), send(&visit, &rows, Mode::DryRun).await?);
    }
    let passage = visit.open(
        Action::ImportFromEntra,
        Target::named("Entra ID dry run", order.counted()),
    )?;
    let there = who_is_there(&visit, &passage, &order).await.ok();
    let plan = Plan { order, tally, there };
    let id = visit.plans.keep(passage.visitor(), plan, visit.gate.now());
    visit.done(Done::default().with_next(address(&id)));
    Ok(())
}

/// The address of a dry run and, afterwards, of its import.
fn address(id: &str) -> String {
    format!("{IMPORT}?plan={id}")
}

/// Imports what a dry run tried, in portions. One that fails does not keep the others back; what became of
/// each row is found out by asking the cluster who is there.
#[server(prefix = "/api", endpoint = "entra/import")]
pub async fn run_entra_import(#[server(default)] plan: String) -> Result<(), PortalError> {
    let visit = visit();
    let passage = visit.open(
        Action::ImportFromEntra,
        Target::named("Entra ID dry run", "to import"),
    )?;
    let begun = visit.plans.begin(passage.visitor(), &plan, visit.gate.now());
    let planned = match begun {
        Ok(planned) => planned,
        // The page of the record says how far it is.
        Err(NotReady::Begun) => {
            visit.done(Done::default().with_next(address(&plan)));
            return Ok(());
        }
        Err(NotReady::Gone) => return Err(gone()),
    };
    match import(&visit, &passage, &planned.order).await {
        Ok(report) => visit.plans.finish(&plan, report, visit.gate.now()),
        Err(error) => {
            visit.plans.take_back(&plan, visit.gate.now());
            return Err(error);
        }
    }
    visit.done(Done::default().with_next(address(&plan)));
    Ok(())
}

/// Imports all of it, and looks what came of it.
///
/// # Errors
/// When nothing was sent because the person has to sign in again: then it can be begun anew.
async fn import(visit: &Visit, passage: &Passage, order: &Order) -> Result<Report, PortalError> {
    let before = match who_is_there(visit, passage, order).await {
        Err(error) if wants_sign_in(&error) => return Err(error),
        before => before.ok(),
    };
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    let mut first = 1;
    for rows in order.portions() {
        let after = first + rows.len();
        match send(visit, &rows, Mode::Import).await {
            Ok(outcome) => tally.add(rows.len(), outcome),
            Err(error) if wants_sign_in(&error) && first == 1 => return Err(error),
            Err(error) => failed.push(FailedPortion {
                rows: (first, after - 1),
                error,
            }),
        }
        first = after;
    }
    let now = who_is_there(visit, passage, order).await;
    if order.import_members {
        // So that the list of users has the members at once; whether that works is no part of the outcome.
        let _ = renew_users(passage).await;
    }
    Ok(Report::of(order, before, tally, failed, now))
}

fn wants_sign_in(error: &PortalError) -> bool {
    matches!(error.kind, ErrorKind::SignIn | ErrorKind::SignInAgain)
}

/// Who of the order is in the cluster now.
async fn who_is_there(
    visit: &Visit,
    passage: &Passage,
    order: &Order,
) -> Result<Vec<Option<Place>>, PortalError> {
    let (action, needed) = match order.what {
        What::Users => (Action::ListUsers, known::USER_MANAGER_VIEWER),
        What::Groups => (Action::ListGroups, known::GROUP_VIEWER),
    };
    if passage.lacks(needed) {
        return Err(PortalError::new(
            ErrorKind::Forbidden,
            format!("You may not {}.", action.rule().wording),
        )
        .with_detail(crate::ui::missing_permission::<String>(needed, &[])));
    }
    look_up(passage, order)
        .await
        .map_err(|error| visit.explain(action, &error))
}

/// Whether it is for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    DryRun,
    Import,
}

/// One call, with a line of its own in the audit trail.
async fn send(visit: &Visit, rows: &Rows, mode: Mode) -> Result<ImportOutcome, PortalError> {
    let kind = match mode {
        Mode::DryRun => "Entra ID dry run",
        Mode::Import => "Entra ID import",
    };
    let passage = visit.open(Action::ImportFromEntra, Target::named(kind, rows.counted()))?;
    let sent = passage
        .call(|cluster| post(cluster, rows, mode == Mode::DryRun))
        .await;
    match sent {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(explain(visit, &passage, &error).await),
    }
}

async fn explain(visit: &Visit, passage: &Passage, error: &GateError) -> PortalError {
    trouble(visit, passage, Action::ImportFromEntra, error)
        .await
        .into_error()
}

async fn post(cluster: Authorized, rows: &Rows, dry_run: bool) -> Result<ImportOutcome, protegrity::Error> {
    match rows {
        Rows::Users(users) => cluster.import_entra_users(users, dry_run).await,
        Rows::Groups(groups) => cluster.import_entra_groups(groups, dry_run).await,
    }
}
