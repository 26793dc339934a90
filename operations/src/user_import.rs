//! Creating users from a CSV file: a dry run over its rows, then the creation of those that passed.

mod file;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use gate::{Operation, OperationError};
use protegrity::{NewUser, PasswordPolicy, RoleName};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use self::file::UserRow;
use crate::{
    Error, Services,
    characters::{folded, nfc},
    import_file::{repeated, submitted},
    jobs::{self, Command, ImportRow, ImportUsers, Jobs, RowFailure, RowOutcome, SecretRef},
    users::{self, DetailsForm, NAME_TAKEN, NewUserForm, may_see_groups},
    validation::Validation,
};

pub use self::file::COLUMNS;

/// The most roles for the rows that name none.
const MAX_ROLES: usize = 200;

/// The form that starts the dry run over a file.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportUsersForm {
    /// The content of the file.
    pub file: String,
    /// The roles of rows that name none.
    pub roles: Vec<String>,
}

impl fmt::Debug for ImportUsersForm {
    /// Without the file: it can hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportUsersForm")
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// The command of a submitted form, and the passwords of the file.
///
/// # Errors
/// At the fields.
pub fn plan_import(form: &ImportUsersForm) -> Result<(Command, Vec<(SecretRef, SecretString)>), Error> {
    let mut validation = Validation::default();
    // Each row compares them with those of the cluster.
    validation.accept_existing(form.roles.iter().cloned());
    // Rows that name none share them.
    let roles: Arc<[String]> = validation.names("roles", &form.roles, MAX_ROLES).into();
    validation.finish()?;
    let rows = submitted(&form.file, Jobs::MAX_ROWS, file::read)?;
    let (mut users, mut secrets) = (Vec::new(), Vec::new());
    for UserRow { mut user, password } in rows {
        if user.roles.is_empty() {
            user.roles = Arc::clone(&roles);
        }
        if let Some(password) = password {
            let name = SecretRef::random();
            user.password = Some(name.clone());
            secrets.push((name, password));
        }
        users.push(user);
    }
    let dry_run = true;
    Ok((Command::ImportUsers(ImportUsers { users, dry_run }), secrets))
}

/// One run over the rows of a file.
pub(crate) struct ImportRun {
    users: Vec<ImportRow>,
    dry_run: bool,
    checks: Checks,
}

/// What the rows are checked against, read once for all.
#[derive(Default)]
struct Checks {
    /// The roles and groups of the cluster; `None` where they may not be read.
    roles: Option<Known>,
    groups: Option<Known>,
    policy: Option<PasswordPolicy>,
    /// The user names that the cluster has already, folded. After the dry run the cluster is the judge.
    taken: HashSet<String>,
    /// The rows whose user name an earlier row has, with that row.
    repeated: HashMap<usize, usize>,
}

/// Names of the cluster as it spells them, by their form NFC.
#[derive(Default)]
struct Known(HashMap<String, String>);

impl FromIterator<String> for Known {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| (nfc(&name).into_owned(), name))
                .collect(),
        )
    }
}

impl Known {
    /// The names of a row in the cluster's spelling, and those that it does not list.
    fn resolve(&self, names: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut resolved, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            match self.0.get(&*nfc(name)) {
                Some(spelled) => resolved.push(spelled.clone()),
                None => unknown.push(name.clone()),
            }
        }
        (resolved, unknown)
    }
}

impl ImportRun {
    pub async fn new(
        services: &Services,
        operation: &Operation,
        import: &ImportUsers,
    ) -> Result<Self, OperationError> {
        let found = async {
            if !import.dry_run {
                return Ok(Vec::new());
            }
            let names: Vec<_> = import.users.iter().map(|row| row.username.clone()).collect();
            services.directory.users_named(operation, &names).await
        };
        let groups = async {
            if !may_see_groups(operation) {
                return None;
            }
            let listing = services.directory.groups(operation, false).await.ok()?;
            Some(listing.groups.iter().map(|group| group.name.clone()).collect())
        };
        let (roles, groups, policy, found) = futures::join!(
            services.directory.roles(operation, false),
            groups,
            services.password_policy(operation),
            found
        );
        let found = found?.into_iter().flatten();
        let checks = Checks {
            roles: roles
                .ok()
                .map(|roles| roles.iter().map(|role| role.name.to_string()).collect()),
            groups,
            policy,
            taken: found.map(|user| folded(&user.username)).collect(),
            repeated: repeated(import.users.iter().map(|row| (row.at.row, row.username.as_str()))),
        };
        Ok(Self {
            users: import.users.clone(),
            dry_run: import.dry_run,
            checks,
        })
    }

    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let row = &self.users[place];
        let password = match &row.password {
            Some(name) => Some(jobs::secret(services, operation, name).await?.ok_or_else(|| {
                RowFailure::new("The password of this row is not kept any more: choose the file again.")
            })?),
            None => None,
        };
        let user = new_user(row, password, &self.checks)?;
        if self.dry_run {
            return Ok(RowOutcome::new(summary(&user)));
        }
        let created = users::create(services, operation, &user).await;
        created.map_err(|error| row.at.at_columns(error))?;
        if let Some(name) = &row.password {
            jobs::drop_secret(services, name).await;
        }
        Ok(RowOutcome::new("Created."))
    }
}

/// The user that a row describes.
///
/// # Errors
/// All problems of the row.
fn new_user(row: &ImportRow, password: Option<SecretString>, checks: &Checks) -> Result<NewUser, Error> {
    let mut validation = Validation::default();
    if let Some(problem) = &row.at.problem {
        validation.add("file", problem);
    }
    let mut unknown = Vec::new();
    let mut names = |field: &'static str, kind: &str, names: &[String], known: Option<&Known>| {
        let Some(known) = known else {
            return names.iter().map(|name| nfc(name).into_owned()).collect();
        };
        let (resolved, others) = known.resolve(names);
        let message = |name: &String| (field, format!("The cluster lists no {kind} {name} for you."));
        unknown.extend(others.iter().map(message));
        validation.accept_existing(resolved.iter().cloned());
        [resolved, others].concat()
    };
    let details = DetailsForm {
        email: row.email.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        roles: names("roles", "role", &row.roles, checks.roles.as_ref()),
        groups: names("groups", "group", &row.groups, checks.groups.as_ref()),
        links: Vec::new(),
    };
    let form = NewUserForm {
        username: row.username.clone(),
        enabled: row.enabled.unwrap_or(true).to_string(),
        details,
    };
    let password = password.unwrap_or_default();
    let user = form.read(password, checks.policy.as_ref(), &mut validation);
    validation.require(
        !checks.taken.contains(&folded(&user.username)),
        "username",
        NAME_TAKEN,
    );
    if let Some(number) = checks.repeated.get(&row.at.row) {
        validation.add("username", format!("Row {number} has the same user name."));
    }
    for (field, message) in unknown {
        validation.add(field, message);
    }
    validation.finish().map_err(|error| row.at.at_columns(error))?;
    Ok(user)
}

/// What the creation would do.
fn summary(user: &NewUser) -> String {
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

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::import_file::FilePlace;

    fn checks() -> Checks {
        Checks {
            roles: Some(
                ["auditor", "jose\u{301}", "ops\u{200b}x"]
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
            ),
            taken: HashSet::from(["taken".to_owned()]),
            ..Checks::default()
        }
    }

    fn check(row: &ImportRow, expected: &[&str]) {
        let error = new_user(row, None, &checks()).expect_err("the row has problems");
        let line = error.in_one_line();
        for words in expected {
            assert!(line.contains(words), "{words} in {line}");
        }
    }

    #[test]
    fn all_problems_of_a_row_are_reported_at_once() {
        let row = ImportRow {
            username: "Taken".into(),
            email: "nowhere".into(),
            roles: ["king".to_owned()].into(),
            ..ImportRow::default()
        };
        check(
            &row,
            &[
                "of this name already",
                "not an e-mail address",
                "The cluster lists no role king",
            ],
        );
        check(&ImportRow::default(), &["must not be empty", "at least one role"]);
    }

    #[test]
    fn a_problem_names_its_column() {
        let columns = [("username", "A (User name)"), ("email", "C (E-Mail)")];
        let columns = columns.map(|(field, label)| (field.to_owned(), label.to_owned()));
        let row = ImportRow {
            username: "ana\u{200b}".into(),
            email: "nowhere".into(),
            roles: ["king\u{202e}".to_owned()].into(),
            at: FilePlace {
                columns: Arc::new(columns.into()),
                ..FilePlace::default()
            },
            ..ImportRow::default()
        };
        check(
            &row,
            &[
                "Column A (User name): This holds invisible characters, such as U+200B, ZERO WIDTH SPACE.",
                "Column C (E-Mail): This is not an e-mail address",
                "U+202E, RIGHT-TO-LEFT OVERRIDE",
            ],
        );
        let error = new_user(&row, Some("a\nb".into()), &checks()).expect_err("a line break");
        assert!(
            error.in_one_line().contains("control character"),
            "{}",
            error.in_one_line()
        );
    }

    #[test]
    fn names_are_compared_in_one_spelling_and_sent_in_the_clusters() {
        let row = ImportRow {
            username: "rene\u{301}".into(),
            roles: ["jos\u{e9}", "ops\u{200b}x"].map(str::to_owned).into(),
            ..ImportRow::default()
        };
        let user = new_user(&row, None, &checks()).expect("no problems");
        assert_eq!(user.username, "ren\u{e9}");
        assert_eq!(user.roles, ["jose\u{301}", "ops\u{200b}x"].map(RoleName::from));
        let taken = Checks {
            taken: HashSet::from(["ren\u{e9}".to_owned()]),
            ..checks()
        };
        let error = new_user(&row, None, &taken).expect_err("a twin");
        assert!(error.in_one_line().contains("of this name already"));
    }

    #[test]
    fn a_dry_run_says_what_would_happen() {
        let row = ImportRow {
            username: "ana".into(),
            roles: ["auditor".to_owned()].into(),
            groups: vec!["g".into()],
            ..ImportRow::default()
        };
        let user = new_user(&row, None, &checks()).expect("no problems");
        assert_eq!(
            summary(&user),
            "Would be created with auditor, in g, without a password."
        );
    }

    #[test]
    fn the_passwords_of_a_file_are_not_in_the_command() {
        let form = ImportUsersForm {
            file: "username,password\nana,Hidden-1\nbo,\n".to_owned(),
            roles: vec!["auditor".to_owned()],
        };
        let (command, secrets) = plan_import(&form).expect("a file");
        let stored = serde_json::to_string(&command).expect("JSON");
        for text in [stored, format!("{command:?}"), format!("{form:?}")] {
            assert!(!text.contains("Hidden-1"), "{text}");
        }
        let Command::ImportUsers(import) = command else {
            panic!("another command");
        };
        let names: Vec<_> = import.users.iter().map(|user| user.password.as_ref()).collect();
        assert_eq!(names, [Some(&secrets[0].0), None]);
        assert_eq!(secrets[0].1.expose_secret(), "Hidden-1");
    }
}
