//! The rows of an import that did not end well, as a file that can be mended and imported again.

use gate::Operation;
use secrecy::ExposeSecret;

use super::{Command, ImportRow, JobRecord, Row, RowState, secret};
use crate::{Services, mail::users::IMPORT_COLUMNS, text::join_list, user_import::COLUMNS};

/// The last column. An import leaves it aside.
const PROBLEM: &str = "problem";

/// What stands between the names in one cell.
const SEPARATOR: &str = "|";

/// The heading and the rows of an import that failed or were not begun, in the columns of an import file, each with
/// its problem: `None` for another job, before the end, and where there are none. A password is among them while it is
/// kept for this session.
pub async fn unfinished_users(
    services: &Services,
    operation: &Operation,
    job: &JobRecord,
) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    if !job.state.is_over() {
        return None;
    }
    let unfinished = job.rows.iter().enumerate().filter(|(_, row)| is_unfinished(row));
    let mut rows = Vec::new();
    let columns = match &*job.command {
        Command::ImportUsers(import) => {
            for (place, row) in unfinished {
                let user = import.users.get(place)?;
                let password = match &user.password {
                    Some(name) => secret(services, operation, name).await.ok().flatten(),
                    None => None,
                };
                let password = password.as_ref().map(ExposeSecret::expose_secret);
                let cell = |(name, _): &(&str, &str)| cell(user, password.unwrap_or_default(), name);
                rows.push(COLUMNS.iter().map(cell).chain([row.text.to_string()]).collect());
            }
            COLUMNS
        }
        Command::ImportMailUsers(import) => {
            for (place, row) in unfinished {
                let user = import.users.get(place)?;
                let cells = IMPORT_COLUMNS.iter().map(|(name, _)| user.cell(name));
                rows.push(cells.chain([row.text.to_string()]).collect());
            }
            IMPORT_COLUMNS
        }
        _ => return None,
    };
    if rows.is_empty() {
        return None;
    }
    let heading = columns.iter().map(|(name, _)| *name).chain([PROBLEM]);
    Some((heading.map(str::to_owned).collect(), rows))
}

/// One that is not known is left out: it may be there.
fn is_unfinished(row: &Row) -> bool {
    matches!(row.state, RowState::Failed | RowState::Stopped)
}

fn cell(user: &ImportRow, password: &str, column: &str) -> String {
    match column {
        "username" => user.username.clone(),
        "email" => user.email.clone(),
        "first_name" => user.first_name.clone(),
        "last_name" => user.last_name.clone(),
        "roles" => join_list(&user.roles, SEPARATOR),
        "groups" => join_list(&user.groups, SEPARATOR),
        "enabled" => user
            .enabled
            .map(|enabled| enabled.to_string())
            .unwrap_or_default(),
        _ => password.to_owned(),
    }
}
