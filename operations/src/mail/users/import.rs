//! Creating users from a CSV file: a dry run over its rows, then the creation of those that passed, many in one call.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use gate::{Operation, Target};
use proofpoint::{DomainName, EmailAddress, NewUser, RowOutcome as Answered, UserType};
use serde::{Deserialize, Serialize};

use super::{
    account,
    edit::{ADDRESS_TAKEN, MailUserForm, OFFERED_TYPES, new_user},
    list::MailUsers,
    type_name,
};
use crate::{
    Error, Services,
    import_file::{self, FilePlace, FileRow, Format, Meaning, repeated},
    jobs::{Command, Jobs, Row, RowFailure, RowObject, RowOutcome},
    text::{at, counted},
    validation::Validation,
};

/// How many users one call creates. The API takes a list of any length (notes on the reference, section 2.2); a short
/// one keeps small what is unknown where its answer does not come.
const BATCH: usize = 25;

/// The columns of the file with their meanings. Only the first is required.
pub const IMPORT_COLUMNS: &[(&str, &str)] = &[
    (
        "email",
        "The e-mail address, of one of the organisation's domains. It is required.",
    ),
    ("first_name", "The first name."),
    ("last_name", "The last name."),
    (
        "user_type",
        "end_user, silent_user, functional_account or organization_admin. Where it is empty, an end user.",
    ),
    (
        "aliases",
        "Further addresses, several with |, ; or a comma between them.",
    ),
    ("billable", "“false” for the user who takes no licence."),
    ("active", "“false” for a user who gets no mail yet."),
];

/// What else a file may name its columns.
const FORMAT: Format = Format {
    columns: IMPORT_COLUMNS,
    titles: &[
        ("userprincipalname", Meaning::Field("email")),
        ("givenname", Meaning::Field("first_name")),
        ("surname", Meaning::Field("last_name")),
        ("displayname", Meaning::FullName),
    ],
    list_titles: &[
        ("emailaddress", Meaning::Field("email")),
        ("name", Meaning::FullName),
        ("type", Meaning::Field("user_type")),
        ("state", Meaning::Field("active")),
        ("takesalicence", Meaning::Field("billable")),
        ("mayonlylook", Meaning::Ignored),
        // Of the failed rows of an import, see `jobs::unfinished_users`.
        ("problem", Meaning::Ignored),
    ],
};

/// Users of an organisation from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportMailUsers {
    /// The organisation.
    pub organization: DomainName,
    /// The users, one a row of the file.
    pub users: Vec<MailImportRow>,
    /// Whether the rows are only checked.
    pub dry_run: bool,
}

/// A user as a row of the file describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailImportRow {
    /// The address, as it is in the file.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The type in Proofpoint's word or in that of the screen; empty for an end user.
    pub user_type: String,
    /// The further addresses.
    pub aliases: Vec<String>,
    /// Whether the user takes a licence, where the file says so.
    pub billable: Option<bool>,
    /// Whether the user gets mail, where the file says so.
    pub active: Option<bool>,
    /// Where it is in the file.
    pub at: FilePlace,
}

/// The form that starts the dry run over a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportMailUsersForm {
    /// The domain of the organisation.
    pub domain: String,
    /// The content of the file.
    pub file: String,
}

/// The command of a submitted form.
///
/// # Errors
/// At the file.
pub fn plan_import(organization: &DomainName, form: &ImportMailUsersForm) -> Result<Command, Error> {
    let rows = import_file::submitted(&form.file, Jobs::MAX_ROWS, |text| {
        import_file::read(text, &FORMAT)
    })?;
    Ok(Command::ImportMailUsers(ImportMailUsers {
        organization: organization.clone(),
        users: rows.into_iter().map(MailImportRow::of).collect(),
        dry_run: true,
    }))
}

impl MailImportRow {
    fn of(mut row: FileRow) -> Self {
        let (first_name, last_name) = row.full_name();
        Self {
            email: row.field("email"),
            first_name,
            last_name,
            user_type: row.field("user_type"),
            aliases: row.list("aliases", &['|', ';', ',']),
            billable: row.flag("billable"),
            active: row.flag("active"),
            at: row.place(),
        }
    }

    /// The cell of one of [`IMPORT_COLUMNS`], as a file has it.
    pub(crate) fn cell(&self, column: &str) -> String {
        let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
        match column {
            "first_name" => self.first_name.clone(),
            "last_name" => self.last_name.clone(),
            "user_type" => self.user_type.clone(),
            "aliases" => self.aliases.join("|"),
            "billable" => flag(self.billable),
            "active" => flag(self.active),
            _ => self.email.clone(),
        }
    }

    /// The type that the row names, or `None` where it is none that a new user can have.
    fn known_type(&self) -> Option<UserType> {
        if self.user_type.is_empty() {
            return Some(UserType::EndUser);
        }
        let is_named = |offered: &UserType| {
            let names = [offered.to_string(), type_name(Some(offered))];
            names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&self.user_type))
        };
        OFFERED_TYPES.into_iter().find(is_named)
    }
}

impl ImportMailUsers {
    pub(crate) fn title(&self) -> String {
        let users = counted(self.users.len(), ("user", "users"));
        if self.dry_run {
            format!("Dry run: create {users} at Proofpoint")
        } else {
            format!("Create {users} at Proofpoint")
        }
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let row = |row: &MailImportRow| {
            if self.dry_run {
                return Row::waiting(row.at.named(&row.email), None);
            }
            let address = EmailAddress::from(row.email.clone());
            Row::waiting(
                &row.email,
                Some(RowObject::MailUser(self.organization.clone(), address)),
            )
        };
        self.users.iter().map(row).collect()
    }

    #[must_use]
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        Self {
            users: at(&self.users, places),
            ..self.clone()
        }
    }
}

/// One run over the rows of a file.
pub(crate) struct MailImportRun {
    import: ImportMailUsers,
    checks: Checks,
}

/// What the rows are checked against, read once for all.
#[derive(Default)]
struct Checks {
    /// The domains of the organisation; `None` where they are not known.
    domains: Option<Vec<DomainName>>,
    /// The users that are there. A run always has them.
    taken: Option<Arc<MailUsers>>,
    /// The rows whose address an earlier row has, with that row.
    repeated: HashMap<usize, usize>,
}

impl MailImportRun {
    /// Reads what the rows are checked against.
    ///
    /// # Errors
    /// Proofpoint's error. Without the list of users, a user who was there before would look like one that was created
    /// by a call whose answer did not come.
    pub async fn new(
        services: &Services,
        operation: &Operation,
        import: &ImportMailUsers,
    ) -> Result<Self, Error> {
        let organization = &import.organization;
        let (found, taken) = futures::join!(
            services.mail.organization(operation, organization),
            services.mail.users(operation, organization, true),
        );
        let domains = found.ok().map(|found| found.domains.unwrap_or_default());
        let domains = domains.map(|domains| domains.into_iter().map(|domain| domain.name).collect());
        let rows = import.users.iter();
        Ok(Self {
            checks: Checks {
                domains: domains.filter(|domains: &Vec<_>| !domains.is_empty()),
                taken: Some(taken?),
                repeated: repeated(rows.map(|row| (row.at.row, row.email.as_str()))),
            },
            import: import.clone(),
        })
    }

    /// How many rows are carried out together: a dry run calls nothing.
    pub const fn batch(&self) -> usize {
        if self.import.dry_run { 1 } else { BATCH }
    }

    /// Carries out these rows together, and returns the outcome of each.
    pub async fn rows(
        &self,
        services: &Services,
        operation: &Operation,
        places: Vec<usize>,
    ) -> Vec<Result<RowOutcome, RowFailure>> {
        let row = |place: usize| checked(&self.import.users[place], &self.checks);
        let users: Vec<_> = places.into_iter().map(row).collect();
        if self.import.dry_run {
            let ready = |user: NewUser| RowOutcome::new(summary(&user));
            return users.into_iter().map(|user| Ok(user.map(ready)?)).collect();
        }
        let passed: Vec<NewUser> = users.iter().flatten().cloned().collect();
        let created = create_together(services, operation, &self.import.organization, &passed).await;
        let mut created = created.into_iter();
        let outcome = |user: Result<NewUser, Error>| {
            user?;
            created.next().unwrap_or_else(|| Err(untold()))
        };
        users.into_iter().map(outcome).collect()
    }
}

/// The user that a row describes.
///
/// # Errors
/// All problems of the row.
fn checked(row: &MailImportRow, checks: &Checks) -> Result<NewUser, Error> {
    let mut validation = Validation::default();
    if let Some(problem) = &row.at.problem {
        validation.add("file", problem);
    }
    let user_type = row.known_type();
    if user_type.is_none() {
        let names = OFFERED_TYPES.map(|offered| offered.to_string()).join(", ");
        validation.add("user_type", format!("“{}” is none of {names}.", row.user_type));
    }
    let billable = row.billable.unwrap_or(true);
    let form = MailUserForm {
        email: row.email.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        user_type: user_type.unwrap_or(UserType::EndUser).to_string(),
        billable: if billable { "true" } else { "" }.to_owned(),
        aliases: row.aliases.join("\n"),
        ..MailUserForm::default()
    };
    let user = new_user(&form, &mut validation);
    if let Some(earlier) = checks.repeated.get(&row.at.row) {
        validation.add("email", format!("Row {earlier} has the same address."));
    }
    if let Some(taken) = &checks.taken {
        validation.require(
            taken.by_address(&user.primary_email).is_none(),
            "email",
            ADDRESS_TAKEN,
        );
    }
    if let Some(domains) = &checks.domains
        && let Some((_, domain)) = user.primary_email.as_str().rsplit_once('@')
    {
        let is_own = domains
            .iter()
            .any(|own| own.as_str().eq_ignore_ascii_case(domain));
        validation.require(
            is_own,
            "email",
            format!("The organisation has no domain {domain}."),
        );
    }
    validation.finish().map_err(|error| row.at.at_columns(error))?;
    Ok(NewUser {
        is_active: row.active.unwrap_or(true),
        ..user
    })
}

/// Creates users with one call under the locks of all, and reads back each that Proofpoint says it has created, or of
/// which it says nothing.
async fn create_together(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    users: &[NewUser],
) -> Vec<Result<RowOutcome, RowFailure>> {
    if users.is_empty() {
        return Vec::new();
    }
    let mut addresses: Vec<_> = users.iter().map(|user| &user.primary_email).collect();
    // In one order, so that no two batches wait for each other.
    addresses.sort_unstable();
    let mut locks = Vec::new();
    for address in addresses {
        locks.push(account::lock(services, address).await);
    }
    let targets: Vec<_> = users
        .iter()
        .map(|user| Target::of("mail_user", &user.primary_email))
        .collect();
    let created = services
        .mail
        .perform_each(operation, organization, &targets, |proofpoint| async move {
            proofpoint.create_users(organization, users).await
        })
        .await;
    let (answered, unknown) = match created {
        Ok(answered) => (answered, untold()),
        Err(error) => {
            let is_unknown = error.gate().is_some_and(gate::GateError::is_unknown_outcome);
            let failure = RowFailure::from(error);
            if !is_unknown {
                return vec![Err(failure); users.len()];
            }
            (vec![Answered::Unknown; users.len()], failure)
        }
    };
    let outcomes = users.iter().zip(&answered).map(|(user, answered)| {
        let unknown = unknown.clone();
        async move {
            let found = || account::find(services, operation, organization, &user.primary_email);
            match answered {
                Answered::Failed { status, message } => Err(refused(*status, message.as_deref())),
                Answered::Created => Ok(RowOutcome::new(match found().await {
                    Ok(Some(_)) => "Created.".to_owned(),
                    Ok(None) => "Created. Proofpoint does not show the user yet.".to_owned(),
                    Err(error) => format!("Created. {}", account::unread(&error)),
                })),
                Answered::Unknown => match found().await {
                    Ok(Some(_)) => Ok(RowOutcome::new("Created.")),
                    Ok(None) | Err(_) => Err(unknown),
                },
            }
        }
    });
    join_all(outcomes).await
}

/// A row that the answer of a batch does not mention.
fn untold() -> RowFailure {
    RowFailure::unknown(
        "Proofpoint does not say whether it created this user. Look at the list before you try again.",
    )
}

/// A row that was refused while others may have been created.
fn refused(status: Option<u16>, message: Option<&str>) -> RowFailure {
    RowFailure::new(match (message, status) {
        (Some(message), _) => format!("Proofpoint said: {message}"),
        (None, Some(status)) => format!("Proofpoint refused this user with the status {status}."),
        (None, None) => "Proofpoint refused this user, and gives no reason.".to_owned(),
    })
}

/// What the creation would do.
fn summary(user: &NewUser) -> String {
    let aliases = match user.alias_emails.len() {
        0 => String::new(),
        aliases => format!(" with {}", counted(aliases, ("alias", "aliases"))),
    };
    let licence = if user.is_billable && user.user_type != UserType::FunctionalAccount {
        ""
    } else {
        ", without a licence"
    };
    let mail = if user.is_active { "" } else { ", without mail" };
    let user_type = type_name(Some(&user.user_type)).to_lowercase();
    format!("Would be created as {user_type}{aliases}{licence}{mail}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(file: &str) -> Vec<MailImportRow> {
        let form = ImportMailUsersForm {
            file: file.to_owned(),
            ..ImportMailUsersForm::default()
        };
        let organization = "example.com".parse().expect("a domain");
        match plan_import(&organization, &form) {
            Ok(Command::ImportMailUsers(import)) => import.users,
            other => panic!("{other:?}"),
        }
    }

    fn checks() -> Checks {
        Checks {
            domains: Some(vec!["example.com".parse().expect("a domain")]),
            ..Checks::default()
        }
    }

    #[test]
    fn a_row_becomes_a_user_with_the_defaults_of_the_document() {
        let rows = rows("email,first_name,aliases\nana@example.com,Ana,a1@example.com|a2@example.com\n");
        let user = checked(&rows[0], &checks()).expect("no problems");
        assert_eq!(
            user,
            NewUser {
                first_name: Some("Ana".to_owned()),
                last_name: Some(String::new()),
                alias_emails: ["a1@example.com", "a2@example.com"]
                    .map(|alias| EmailAddress::from(alias.to_owned()))
                    .into(),
                ..NewUser::new("ana@example.com".parse().expect("an address"))
            }
        );
        assert_eq!(summary(&user), "Would be created as end user with 2 aliases.");
    }

    #[test]
    fn the_portals_own_list_and_entra_ids_export_are_taken() {
        let list = "E-mail,Name,Type,State,Takes a licence,Aliases\n\
            bo@example.com,Bo van Lind,Functional account,Inactive,No,\"b1@example.com, b2@example.com\"\n";
        let row = &rows(list)[0];
        assert_eq!(
            (row.first_name.as_str(), row.last_name.as_str()),
            ("Bo van", "Lind")
        );
        let user = checked(row, &checks()).expect("no problems");
        assert_eq!(user.user_type, UserType::FunctionalAccount);
        assert_eq!(
            (user.is_active, user.is_billable, user.alias_emails.len()),
            (false, false, 2)
        );
        assert_eq!(
            summary(&user),
            "Would be created as functional account with 2 aliases, without a licence, without mail."
        );
        let export = "userPrincipalName,displayName,surname,givenName,accountEnabled\n\
            ana@example.com,Ana Ito,Ito,Ana,True\n";
        let row = &rows(export)[0];
        assert_eq!((row.email.as_str(), row.active), ("ana@example.com", None));
    }

    #[test]
    fn all_problems_of_a_row_are_told_at_their_columns() {
        let rows = rows(
            "email,user_type,aliases,billable\n\
             ana@elsewhere.example,king,nobody,perhaps\nbo@example.com,,,\nBO@example.com,,,\n,,,\n",
        );
        assert_eq!(rows.len(), 3, "an empty row is none");
        let repeated = repeated(rows.iter().map(|row| (row.at.row, row.email.as_str())));
        let checks = Checks { repeated, ..checks() };
        let problems = |place: usize| match checked(&rows[place], &checks) {
            Ok(user) => panic!("{user:?}"),
            Err(error) => error.in_one_line(),
        };
        let first = problems(0);
        for words in [
            "Column A (email): The organisation has no domain elsewhere.example.",
            "Column B (user_type): “king” is none of end_user, silent_user",
            "Column C (aliases): The address nobody ",
            "“perhaps” in the column “billable” is neither true nor false.",
        ] {
            assert!(first.contains(words), "{words} in {first}");
        }
        assert!(checked(&rows[1], &checks).is_ok());
        assert!(problems(2).contains("Row 3 has the same address."));
    }

    #[test]
    fn the_cells_of_a_row_are_read_back_the_same() {
        let row = &rows(
            "email,user_type,aliases,billable,active\nana@example.com,silent_user,a1@example.com;a2@example.com,no,yes\n",
        )[0];
        let heading: Vec<_> = IMPORT_COLUMNS.iter().map(|(name, _)| *name).collect();
        let cells: Vec<_> = heading.iter().map(|name| row.cell(name)).collect();
        let again = &rows(&format!("{}\n{}\n", heading.join(","), cells.join(",")))[0];
        assert_eq!(
            MailImportRow {
                at: FilePlace::default(),
                ..again.clone()
            },
            MailImportRow {
                at: FilePlace::default(),
                ..row.clone()
            }
        );
    }
}
