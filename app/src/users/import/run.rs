//! The dry run over the rows of a file, and the creation of those that passed it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures::{FutureExt, future::BoxFuture};
use gate::{Action, Batches, Follow, Passage, Plan, PlannedRow, RowFailure, Target, Work, password::Owner};
use leptos::prelude::*;
use protegrity::{NewUser, PasswordPolicy, RoleName};

use super::file::{Row, read};
use crate::{
    batches::{self, failure, in_one_line, row_failure},
    error::PortalError,
    flash::Done,
    form::Faults,
    ui::counted,
    users::{
        form::{Sent, at_the_field, need_role, read as read_fields},
        may_see_groups,
        new::{judged, user_name},
    },
    visit::{Visit, visit},
};

/// Begins the dry run over a file: nobody is created by it.
#[server(prefix = "/api", endpoint = "users/import")]
pub async fn import_users(
    #[server(default)] file: String,
    #[server(default)] roles: Vec<String>,
) -> Result<(), PortalError> {
    let visit = visit();
    let passage = visit.open(Action::ImportUsers, Target::portal())?;
    let mut faults = Faults::default();
    let usual = faults.names("roles", &roles, 200);
    if file.trim().is_empty() {
        faults.add("file", "Choose a file.");
    }
    faults.finish()?;
    let mut rows = read(&file).map_err(|words| PortalError::invalid("file", words))?;
    if rows.len() > Batches::MOST_ROWS {
        let words = format!(
            "These are {} rows: at most {} are taken at once.",
            rows.len(),
            Batches::MOST_ROWS
        );
        return Err(PortalError::invalid("file", words));
    }
    for row in rows.iter_mut().filter(|row| row.roles.is_empty()) {
        row.roles.clone_from(&usual);
    }
    let rows = Arc::new(rows);
    let known = Known::load(&visit, &passage, &rows).await?;
    let plan = dry_run(&visit, rows, known);
    let id = visit
        .gate
        .batches()
        .start(&passage, plan)
        .map_err(batches::refused)?;
    visit.done(Done::default().with_next(batches::path(&id)));
    Ok(())
}

/// What the rows are held against, asked for once.
struct Known {
    /// Roles and groups that there are; `None` where they may not be read.
    roles: Option<HashSet<String>>,
    groups: Option<HashSet<String>>,
    policy: Option<PasswordPolicy>,
    /// The file's user names that the cluster has already, and the rows whose name an earlier row has.
    taken: HashSet<String>,
    earlier: HashMap<usize, usize>,
}

impl Known {
    async fn load(visit: &Visit, passage: &Passage, rows: &[Row]) -> Result<Self, PortalError> {
        let names: Vec<String> = rows.iter().map(|row| row.username.clone()).collect();
        let groups = async {
            if !may_see_groups(passage) {
                return None;
            }
            let listing = passage.groups(false).await.ok()?;
            Some(listing.groups.iter().map(|group| group.name.clone()).collect())
        };
        let (roles, groups, policy, found) = futures::join!(
            passage.roles(false),
            groups,
            passage.password_policy(),
            passage.users_named(&names)
        );
        let found = found.map_err(|error| visit.explain(Action::ListUsers, &error))?;
        Ok(Self {
            roles: roles
                .ok()
                .map(|roles| roles.iter().map(|role| role.name.to_string()).collect()),
            groups,
            policy,
            taken: found
                .into_iter()
                .flatten()
                .map(|user| user.username.to_lowercase())
                .collect(),
            earlier: earlier(rows),
        })
    }
}

/// The rows whose user name an earlier row has already, with that row.
fn earlier(rows: &[Row]) -> HashMap<usize, usize> {
    let mut first = HashMap::new();
    let mut earlier = HashMap::new();
    for row in rows.iter().filter(|row| !row.username.is_empty()) {
        match first.get(&row.username.to_lowercase()) {
            Some(number) => {
                earlier.insert(row.number, *number);
            }
            None => {
                first.insert(row.username.to_lowercase(), row.number);
            }
        }
    }
    earlier
}

/// The user that a row describes, or everything that is the matter with it.
fn judge(row: &Row, known: &Known) -> Result<NewUser, PortalError> {
    let mut faults = Faults::default();
    if let Some(fault) = &row.fault {
        faults.add("file", fault.clone());
    }
    let username = user_name(&mut faults, &row.username);
    let sent = Sent {
        email: &row.email,
        first_name: &row.first_name,
        last_name: &row.last_name,
        roles: &row.roles,
        groups: &row.groups,
        links: &[],
    };
    let wanted = read_fields(&sent, &mut faults);
    need_role(&wanted.roles, &mut faults);
    let name = username.to_lowercase();
    faults.unless(
        !known.taken.contains(&name),
        "username",
        "The cluster has a user of this name already.",
    );
    if let Some(number) = known.earlier.get(&row.number) {
        faults.add("username", format!("Row {number} has the same user name."));
    }
    for (what, names, there) in [
        ("role", &row.roles, &known.roles),
        ("group", &row.groups, &known.groups),
    ] {
        let missing = names
            .iter()
            .filter(|name| there.as_ref().is_some_and(|there| !there.contains(*name)));
        for missing in missing {
            faults.add(what, format!("The cluster lists no {what} {missing} for you."));
        }
    }
    if let Some(password) = &row.password {
        let owner = Owner {
            user_name: &username,
            email: Some(wanted.email.as_str()).filter(|email| !email.is_empty()),
        };
        if let Err(words) = judged(known.policy.as_ref(), password, owner) {
            faults.add("password", words);
        }
    }
    faults.finish()?;
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(NewUser {
        username,
        email: filled(wanted.email),
        first_name: filled(wanted.first_name),
        last_name: filled(wanted.last_name),
        enabled: row.enabled.unwrap_or(true),
        password: row.password.clone(),
        roles: wanted.roles,
        groups: wanted.groups,
        ..NewUser::default()
    })
}

fn planned(row: &Row) -> PlannedRow {
    let name = if row.username.is_empty() {
        "(no name)"
    } else {
        &row.username
    };
    PlannedRow {
        name: format!("{name} (row {})", row.number),
        link: None,
    }
}

/// Judges each row, and goes on, when it is told to, with those that passed.
fn dry_run(visit: &Visit, rows: Arc<Vec<Row>>, known: Known) -> Plan {
    let known = Arc::new(known);
    let work: Work = {
        let (rows, known) = (Arc::clone(&rows), Arc::clone(&known));
        Arc::new(
            move |_: Passage, at: usize| -> BoxFuture<'static, Result<String, RowFailure>> {
                let judged = rows.get(at).map(|row| judge(row, &known));
                async move {
                    match judged {
                        Some(Ok(user)) => Ok(would_be(&user)),
                        Some(Err(error)) => Err(failure(in_one_line(&error))),
                        None => Err(failure("There is no such row.")),
                    }
                }
                .boxed()
            },
        )
    };
    let (all, visit) = (Arc::clone(&rows), visit.clone());
    Plan {
        title: format!("Dry run: create {}", counted(rows.len(), ("user", "users"))),
        noun: ("user", "users"),
        rows: rows.iter().map(planned).collect(),
        work,
        note: Some(
            "Nobody has been created yet. Rows that fail here are left out when you go on.".to_owned(),
        ),
        follow: Some(Follow {
            label: "Create the users that passed".to_owned(),
            plan: Arc::new(move |places| {
                let passed = places.iter().filter_map(|place| all.get(*place).cloned());
                creation(&visit, passed.collect(), Arc::clone(&known))
            }),
        }),
    }
}

fn would_be(user: &NewUser) -> String {
    let roles: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
    let groups = match user.groups.join(", ") {
        none if none.is_empty() => none,
        groups => format!(", in {groups}"),
    };
    let rest = match (&user.password, user.enabled) {
        (Some(_), true) => ".",
        (None, true) => ", without a password.",
        (Some(_), false) => ", not open.",
        (None, false) => ", not open, without a password.",
    };
    format!("Would be created with {}{groups}{rest}", roles.join(", "))
}

/// Creates the users, each judged once more.
fn creation(visit: &Visit, rows: Vec<Row>, known: Arc<Known>) -> Plan {
    let rows = Arc::new(rows);
    let work: Work = {
        let (rows, visit) = (Arc::clone(&rows), visit.clone());
        Arc::new(
            move |passage: Passage, at: usize| -> BoxFuture<'static, Result<String, RowFailure>> {
                let judged = rows.get(at).map(|row| judge(row, &known));
                let visit = visit.clone();
                async move {
                    let user = judged
                        .ok_or_else(|| failure("There is no such row."))?
                        .map_err(|error| failure(in_one_line(&error)))?;
                    create(&visit, &passage, &user).await
                }
                .boxed()
            },
        )
    };
    let link = |row: &Row| PlannedRow {
        name: row.username.clone(),
        link: Some(search(&row.username)),
    };
    Plan {
        title: format!("Create {}", counted(rows.len(), ("user", "users"))),
        noun: ("user", "users"),
        rows: rows.iter().map(link).collect(),
        work,
        note: None,
        follow: None,
    }
}

/// The list of users, searched for this name.
fn search(name: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/users?q={query}")
}

async fn create(visit: &Visit, passage: &Passage, user: &NewUser) -> Result<String, RowFailure> {
    let passage = passage.on(Target::named("user", &user.username));
    let created = passage
        .call(|cluster| {
            let user = user.clone();
            async move { cluster.create_user(&user).await }
        })
        .await;
    let created = created.map_err(|error| {
        let failed = row_failure(visit, Action::ImportUsers, &error);
        let words = in_one_line(&at_the_field(visit.explain(Action::ImportUsers, &error)));
        RowFailure { words, ..failed }
    })?;
    if !user.groups.is_empty() {
        passage.forget_groups();
    }
    if let Some(id) = created.id {
        // So that the list knows the user at once. That they exist is known without it.
        let _ = passage.user(&id).await;
    }
    Ok("Created.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            roles: Some(HashSet::from(["auditor".to_owned()])),
            groups: None,
            policy: None,
            taken: HashSet::from(["taken".to_owned()]),
            earlier: HashMap::new(),
        }
    }

    fn check(row: &Row, words: &[&str]) {
        let error = judge(row, &known()).expect_err("the row has faults");
        let line = in_one_line(&error);
        for word in words {
            assert!(line.contains(word), "{word} in {line}");
        }
    }

    #[test]
    fn everything_about_a_row_is_said_at_once() {
        let row = Row {
            username: "Taken".into(),
            email: "nowhere".into(),
            roles: vec!["king".into()],
            ..Row::default()
        };
        check(
            &row,
            &[
                "of this name already",
                "no e-mail address",
                "The cluster lists no role king",
            ],
        );
        check(&Row::default(), &["must not be empty", "at least one role"]);
    }

    #[test]
    fn a_name_that_the_file_has_twice_is_refused_the_second_time() {
        let row = |number, name: &str| Row {
            number,
            username: name.into(),
            ..Row::default()
        };
        let rows = [row(2, "ana"), row(3, "bo"), row(4, "ANA")];
        assert_eq!(earlier(&rows), HashMap::from([(4, 2)]));
    }

    #[test]
    fn what_would_happen_is_said() {
        let row = Row {
            username: "ana".into(),
            roles: vec!["auditor".into()],
            groups: vec!["g".into()],
            ..Row::default()
        };
        let user = judge(&row, &known()).expect("nothing is the matter");
        assert_eq!(
            would_be(&user),
            "Would be created with auditor, in g, without a password."
        );
    }
}
