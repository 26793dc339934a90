//! The rows of an import that did not end well, as a file that can be mended and imported again.

use gate::Operation;
use secrecy::ExposeSecret;

use super::{Command, ImportRow, JobRecord, Row, RowState, secret};
use crate::{Services, text::join_list, user_import::COLUMNS};

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
    let Command::ImportUsers(import) = &*job.command else {
        return None;
    };
    if !job.state.is_over() {
        return None;
    }
    let unfinished = import
        .users
        .iter()
        .zip(&job.rows)
        .filter(|(_, row)| is_unfinished(row));
    let mut rows = Vec::new();
    for (user, row) in unfinished {
        let password = match &user.password {
            Some(name) => secret(services, operation, name).await.ok().flatten(),
            None => None,
        };
        let password = password.as_ref().map(ExposeSecret::expose_secret);
        rows.push(cells(user, password.unwrap_or_default(), row));
    }
    if rows.is_empty() {
        return None;
    }
    let heading = COLUMNS.iter().map(|(name, _)| *name).chain([PROBLEM]);
    Some((heading.map(str::to_owned).collect(), rows))
}

/// One that is not known is left out: it may be there.
fn is_unfinished(row: &Row) -> bool {
    matches!(row.state, RowState::Failed | RowState::Stopped)
}

fn cells(user: &ImportRow, password: &str, row: &Row) -> Vec<String> {
    let column = |(name, _): &(&str, &str)| match *name {
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
    };
    COLUMNS.iter().map(column).chain([row.text.to_string()]).collect()
}
