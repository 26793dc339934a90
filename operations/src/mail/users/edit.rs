//! The forms that create and change a user: only what the person changed is sent, over what is there now.

use gate::{Operation, Target};
use proofpoint::{DomainName, EmailAddress, NewUser, User, UserType, UserUpdate};
use serde::{Deserialize, Serialize};

use super::{
    account::{self, Changed, not_own_account},
    type_name,
};
use crate::{Error, Services, baseline, merge, read_back::settled, refusal, validation::Validation};

/// The longest name, in characters.
pub const MAX_NAME_LENGTH: usize = 255;

/// The most aliases of one user.
const MAX_ALIASES: usize = 500;

/// The refusal of an address that another user has.
pub(super) const ADDRESS_TAKEN: &str = "The organisation has a user of this address already.";

/// The types that a form offers. A user can have another one, which stays.
pub const OFFERED_TYPES: [UserType; 4] = [
    UserType::EndUser,
    UserType::SilentUser,
    UserType::FunctionalAccount,
    UserType::OrganizationAdmin,
];

/// The words of Proofpoint's messages with the field that they are about.
const WORDS: &refusal::Words = &[
    ("already exists", "email"),
    ("alias", "aliases"),
    ("firstname", "first_name"),
    ("surname", "last_name"),
    ("type", "user_type"),
    ("billable", "billable"),
    ("primary email", "email"),
    ("e mail", "email"),
    ("email", "email"),
    ("address", "email"),
    ("user", "email"),
];

/// The values of a user that a form shows and changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailUserValues {
    /// The primary address; empty for a new user.
    pub email: String,
    /// The first name; empty for none.
    pub first_name: String,
    /// The last name; empty for none.
    pub last_name: String,
    /// The type in Proofpoint's own word; empty where it is not known.
    pub user_type: String,
    /// `true` where the user takes a licence.
    pub billable: String,
    /// `true` where an administrator may only look.
    pub read_only: String,
    /// The further addresses.
    pub aliases: Vec<String>,
}

/// The fields that both forms have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailUserForm {
    /// The domain of the organisation.
    pub domain: String,
    /// The address of the user.
    pub email: String,
    /// The address that an existing user gets.
    pub address: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The type in Proofpoint's own word.
    pub user_type: String,
    /// `true` where the user takes a licence.
    pub billable: String,
    /// `true` where an administrator may only look.
    pub read_only: String,
    /// The further addresses, one a line.
    pub aliases: String,
    /// The [`MailUserValues`] that the form showed, encoded; empty for a new user.
    pub baseline: String,
    /// The [`MailUserChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
}

/// A change of a user, as it would be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailUserChange {
    /// The user's address now.
    pub address: EmailAddress,
    /// What changes.
    pub values: Vec<ChangedValue>,
}

/// One value of a change, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedValue {
    /// Its label.
    pub what: &'static str,
    /// The value now.
    pub from: String,
    /// The value after it.
    pub to: String,
}

/// The outcome of a form that changes a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It was changed, or there was nothing to change.
    Saved(Changed),
    /// The change is shown first.
    NeedsReview,
}

impl From<&User> for MailUserValues {
    fn from(user: &User) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let flag = |flag: Option<bool>| if flag == Some(true) { "true" } else { "" }.to_owned();
        Self {
            email: user.primary_email.to_string(),
            first_name: text(&user.first_name),
            last_name: text(&user.last_name),
            user_type: user
                .user_type
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            billable: flag(user.is_billable),
            read_only: flag(user.is_read_only),
            aliases: user
                .alias_emails
                .iter()
                .flatten()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

impl MailUserForm {
    /// The submitted values. Those that are as they were shown stay exactly so; new ones are checked.
    fn read(&self, shown: &MailUserValues, validation: &mut Validation) -> MailUserValues {
        let mut name = |field: &str, submitted: &str, shown: &str| {
            if submitted == shown {
                return submitted.to_owned();
            }
            validation.line(field, submitted, MAX_NAME_LENGTH)
        };
        let first_name = name("first_name", &self.first_name, &shown.first_name);
        let last_name = name("last_name", &self.last_name, &shown.last_name);
        if self.address != shown.email
            && let Err(error) = self.address.parse::<EmailAddress>()
        {
            validation.add("address", format!("The address {error}."));
        }
        let is_offered = OFFERED_TYPES
            .iter()
            .any(|offered| offered.as_str() == self.user_type);
        validation.require(
            is_offered || self.user_type == shown.user_type,
            "user_type",
            "Choose a type.",
        );
        let aliases = validation.typed_names("aliases", &self.aliases, MAX_ALIASES);
        for alias in aliases.iter().filter(|alias| !shown.aliases.contains(alias)) {
            if let Err(error) = alias.parse::<EmailAddress>() {
                validation.add("aliases", format!("The address {alias} {error}."));
                break;
            }
        }
        let flag = |flag: &str| if flag == "true" { "true" } else { "" }.to_owned();
        MailUserValues {
            email: self.address.clone(),
            first_name,
            last_name,
            user_type: self.user_type.clone(),
            billable: flag(&self.billable),
            read_only: flag(&self.read_only),
            aliases,
        }
    }
}

/// The change of a user from the values that a form showed to those that it returned.
fn update(shown: &MailUserValues, wanted: &MailUserValues, user: &User) -> Result<UserUpdate, Error> {
    let now = MailUserValues::from(user);
    let mut validation = Validation::default();
    let mut changed = |field: &str, value: fn(&MailUserValues) -> &String| {
        let wanted = baseline::changed(&mut validation, field, value(shown), value(wanted), value(&now));
        wanted.map(ToOwned::to_owned)
    };
    let email = changed("address", |values| &values.email);
    let first_name = changed("first_name", |values| &values.first_name);
    let last_name = changed("last_name", |values| &values.last_name);
    let user_type = changed("user_type", |values| &values.user_type);
    let billable = changed("billable", |values| &values.billable);
    let read_only = changed("read_only", |values| &values.read_only);
    let aliases = merge::merged(&now.aliases, &shown.aliases, &wanted.aliases);
    let is_same = aliases == now.aliases;
    // A change sends all of them: where they are not known, they would be lost.
    validation.require(
        is_same || user.alias_emails.is_some(),
        "aliases",
        "Proofpoint does not report the aliases of this user, so they cannot be changed here.",
    );
    validation.finish()?;
    Ok(UserUpdate {
        primary_email: email.map(EmailAddress::from),
        first_name,
        last_name,
        user_type: user_type.map(UserType::from),
        is_billable: billable.map(|billable| billable == "true"),
        is_read_only: read_only.map(|read_only| read_only == "true"),
        alias_emails: (!is_same).then(|| aliases.into_iter().map(EmailAddress::from).collect()),
        ..UserUpdate::default()
    })
}

impl MailUserChange {
    fn of(update: &UserUpdate, user: &User) -> Self {
        let text = |what, to: Option<&String>, from: Option<&String>| {
            let from = from.cloned().unwrap_or_default();
            to.map(|to| (what, from, to.clone()))
        };
        let flag = |what, to: Option<bool>, from: Option<bool>| {
            let words = |flag: Option<bool>| if flag == Some(true) { "Yes" } else { "No" }.to_owned();
            to.map(|to| (what, words(from), words(Some(to))))
        };
        let address = |address: &EmailAddress| address.to_string();
        let aliases = |aliases: &[EmailAddress]| aliases.iter().map(address).collect::<Vec<_>>().join(", ");
        let values = [
            update
                .primary_email
                .as_ref()
                .map(|to| ("E-mail address", address(&user.primary_email), address(to))),
            text("First name", update.first_name.as_ref(), user.first_name.as_ref()),
            text("Last name", update.last_name.as_ref(), user.last_name.as_ref()),
            update.user_type.as_ref().map(|to| {
                let from = type_name(user.user_type.as_ref());
                ("Type", from, type_name(Some(to)))
            }),
            update.alias_emails.as_ref().map(|to| {
                let from = user.alias_emails.as_deref().unwrap_or_default();
                ("Aliases", aliases(from), aliases(to))
            }),
            flag("Takes a licence", update.is_billable, user.is_billable),
            flag("May only look", update.is_read_only, user.is_read_only),
        ];
        let values = values.into_iter().flatten();
        Self {
            address: user.primary_email.clone(),
            values: values
                .map(|(what, from, to)| ChangedValue { what, from, to })
                .filter(|value| value.from != value.to)
                .collect(),
        }
    }

    /// Identifies the change: a review counts for exactly this one.
    pub fn fingerprint(&self) -> String {
        baseline::digest(&(self.address.as_str().to_lowercase(), &self.values))
    }
}

/// What the form makes of a user: checked, and merged with what is there now.
fn planned(
    operation: &Operation,
    form: &MailUserForm,
    user: &User,
) -> Result<(UserUpdate, MailUserChange), Error> {
    let shown: MailUserValues = baseline::decode(&form.baseline)?;
    let mut validation = Validation::default();
    let wanted = form.read(&shown, &mut validation);
    validation.finish()?;
    let update = update(&shown, &wanted, user)?;
    if update.user_type.is_some() || update.primary_email.is_some() || update.is_read_only.is_some() {
        not_own_account(operation, user)?;
    }
    let change = MailUserChange::of(&update, user);
    Ok((update, change))
}

/// The change that a form would make now, for its review.
///
/// # Errors
/// As for [`edit`].
pub async fn plan_edit(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    form: &MailUserForm,
) -> Result<MailUserChange, Error> {
    let user = account::read(services, operation, organization, address)
        .await?
        .user;
    Ok(planned(operation, form, &user)?.1)
}

/// Changes a user's address, names, type, aliases, and whether they take a licence and may only look, after a review.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn edit(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    form: &MailUserForm,
) -> Result<Edited, Error> {
    let mut needs_review = false;
    let changed = account::change(services, operation, organization, address, |user| {
        let (update, change) = planned(operation, form, user)?;
        needs_review = !change.values.is_empty() && form.reviewed != change.fingerprint();
        // An update of nothing is not sent.
        Ok(if needs_review {
            UserUpdate::default()
        } else {
            update
        })
    });
    let changed = changed.await.map_err(at_field).map_err(at_address)?;
    Ok(if needs_review {
        Edited::NeedsReview
    } else {
        Edited::Saved(changed)
    })
}

/// The address of an existing user has a field of its own.
fn at_address(error: Error) -> Error {
    let Error::Invalid(mut problems) = error else {
        return error;
    };
    for problem in problems.iter_mut().filter(|problem| problem.field == "email") {
        "address".clone_into(&mut problem.field);
    }
    Error::Invalid(problems)
}

/// The user that a form describes, as far as it holds: every problem is added to `validation`.
pub(super) fn new_user(form: &MailUserForm, validation: &mut Validation) -> NewUser {
    let values = form.read(&MailUserValues::default(), validation);
    validation.require(!values.user_type.is_empty(), "user_type", "Choose a type.");
    let email = form.email.parse::<EmailAddress>();
    if let Err(error) = &email {
        validation.add("email", format!("The address {error}."));
    }
    NewUser {
        first_name: Some(values.first_name),
        last_name: Some(values.last_name),
        user_type: UserType::from(values.user_type),
        is_billable: values.billable == "true",
        is_read_only: values.read_only == "true",
        alias_emails: values.aliases.into_iter().map(EmailAddress::from).collect(),
        ..NewUser::new(email.unwrap_or_default())
    }
}

/// Creates a user, and returns their address.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn create(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &MailUserForm,
) -> Result<(EmailAddress, Changed), Error> {
    let mut validation = Validation::default();
    let user = new_user(form, &mut validation);
    validation.finish()?;
    let email = user.primary_email.clone();
    let _lock = account::lock(services, &email).await;
    if account::find(services, operation, organization, &email)
        .await?
        .is_some()
    {
        return Err(Error::at("email", ADDRESS_TAKEN));
    }
    let sent = &user;
    let created = services
        .mail
        .perform(
            &operation.on(Target::of("mail_user", &email)),
            organization,
            |proofpoint| async move { proofpoint.create_user(organization, sent).await },
        )
        .await;
    let read = || account::find(services, operation, organization, &email);
    settled(created, || async { read().await.ok()?.map(drop) })
        .await
        .map_err(at_field)?;
    let notice = match read().await {
        Ok(Some(_)) => None,
        Ok(None) => Some("Proofpoint reported success, but does not show the user yet.".to_owned()),
        Err(error) => Some(account::unread(&error)),
    };
    Ok((
        email,
        Changed {
            was_so_already: false,
            notice,
        },
    ))
}

fn at_field(error: Error) -> Error {
    match error {
        Error::Operation(error) => refusal::at_field(error, WORDS),
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(first_name: &str, aliases: &[&str]) -> MailUserValues {
        MailUserValues {
            first_name: first_name.to_owned(),
            user_type: "end_user".to_owned(),
            billable: "true".to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            ..MailUserValues::default()
        }
    }

    fn user(values: &MailUserValues) -> User {
        User {
            first_name: Some(values.first_name.clone()),
            user_type: Some(UserType::from(values.user_type.clone())),
            is_billable: Some(values.billable == "true"),
            alias_emails: Some(values.aliases.iter().cloned().map(EmailAddress::from).collect()),
            ..User::default()
        }
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let shown = values("Ana", &["a@x.com", "b@x.com"]);
        let now = values("Anna", &["a@x.com", "b@x.com", "new@x.com"]);
        let mut wanted = values("Ana", &["a@x.com", "c@x.com"]);
        wanted.billable = String::new();
        let sent = update(&shown, &wanted, &user(&now)).expect("no conflict");
        let addresses = ["a@x.com", "new@x.com", "c@x.com"].map(|alias| EmailAddress::from(alias.to_owned()));
        assert_eq!(
            sent,
            UserUpdate {
                is_billable: Some(false),
                alias_emails: Some(addresses.to_vec()),
                ..UserUpdate::default()
            }
        );
        wanted.first_name = "Anita".to_owned();
        let error = update(&shown, &wanted, &user(&now)).expect_err("both changed the name");
        assert!(
            matches!(error, Error::Invalid(fields) if fields.len() == 1 && fields[0].field == "first_name")
        );
    }

    #[test]
    fn aliases_that_are_not_reported_are_not_replaced() {
        let shown = values("Ana", &[]);
        let now = User {
            alias_emails: None,
            ..user(&shown)
        };
        assert!(update(&shown, &values("Ana", &["a@x.com"]), &now).is_err());
        let kept = update(&shown, &values("Bo", &[]), &now).expect("no conflict");
        assert_eq!(
            (kept.first_name.as_deref(), kept.alias_emails),
            (Some("Bo"), None)
        );
    }

    proptest! {
        #[test]
        fn what_another_person_changed_is_never_sent(shown in "[ab]", wanted in "[ab]", now in "[abc]") {
            let sent = update(&values(&shown, &[]), &values(&wanted, &[]), &user(&values(&now, &[])));
            if let Ok(sent) = sent {
                prop_assert_eq!(sent.first_name.is_some(), wanted != shown && wanted != now && now == shown);
            } else {
                prop_assert!(now != shown && wanted != shown && wanted != now);
            }
        }
    }
}
