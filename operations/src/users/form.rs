//! The forms of a user, and the values that they hold.

use gate::Operation;
use protegrity::{IdentityLink, IdentityProviders, NewUser, PasswordPolicy, RoleName, User};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{UserChange, may_see_groups};
use crate::{
    Error, baseline,
    characters::SEPARATORS,
    passwords::{self, PasswordSubject},
    validation::Validation,
};

/// The longest name, in characters.
pub const MAX_NAME_LENGTH: usize = 255;

/// The most roles, and the most groups, that one form may add.
const MAX_ADDED: usize = 200;

/// The form that creates a user. Its password travels beside it, as a secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewUserForm {
    /// The user name.
    pub username: String,
    /// `true` opens the account.
    pub enabled: String,
    /// The rest.
    #[serde(flatten)]
    pub details: DetailsForm,
}

/// The form that changes a user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EditUserForm {
    /// The user.
    pub id: String,
    /// The [`UserDetails`] that the form showed, encoded.
    pub baseline: String,
    /// The rest.
    #[serde(flatten)]
    pub details: DetailsForm,
}

/// The fields that both forms have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DetailsForm {
    /// The e-mail address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The ticked roles.
    pub roles: Vec<String>,
    /// The ticked groups, by name.
    pub groups: Vec<String>,
    /// The links to SAML providers, one row a provider.
    pub links: Vec<LinkRow>,
}

/// The link to one SAML provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkRow {
    /// The provider.
    pub alias: String,
    /// `true` when the user is to be linked.
    pub linked: String,
    /// The user's id at the provider.
    pub user_id: String,
    /// The user's name at the provider.
    pub user_name: String,
}

/// The values of a user that a form shows and changes. Names are in the cluster's spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserDetails {
    /// The e-mail address; empty for none.
    pub email: String,
    /// The first name; empty for none.
    pub first_name: String,
    /// The last name; empty for none.
    pub last_name: String,
    /// The roles held directly.
    pub roles: Vec<String>,
    /// The groups, by name.
    pub groups: Vec<String>,
    /// The links to SAML providers, by alias.
    pub links: IdentityProviders,
}

impl UserDetails {
    /// The values that a form shows of this user. Groups are shown to a caller who may read groups.
    pub fn shown(operation: &Operation, user: &User) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let groups = if may_see_groups(operation) {
            user.groups.clone()
        } else {
            None
        };
        Self {
            email: text(&user.email),
            first_name: text(&user.first_name),
            last_name: text(&user.last_name),
            roles: user.roles.iter().flatten().map(ToString::to_string).collect(),
            groups: groups.unwrap_or_default(),
            links: user.identity_providers.clone().unwrap_or_default(),
        }
    }
}

impl NewUserForm {
    /// The user that the form describes, with this password unless it is empty. Problems go to `validation`, those of
    /// the password by the policy as far as it is known.
    pub fn read(
        &self,
        password: SecretString,
        policy: Option<&PasswordPolicy>,
        validation: &mut Validation,
    ) -> NewUser {
        let username = user_name(validation, &self.username);
        let details = self.details.read(&UserDetails::default(), validation);
        require_role(&details.roles, validation);
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let email = filled(details.email);
        let password = Some(password).filter(|password| !password.expose_secret().is_empty());
        let subject = PasswordSubject {
            user_name: &username,
            email: email.as_deref(),
        };
        if let Some(password) = &password
            && let Err(message) = passwords::check(policy, password, subject)
        {
            validation.add("password", message);
        }
        NewUser {
            username,
            email,
            first_name: filled(details.first_name),
            last_name: filled(details.last_name),
            enabled: self.enabled == "true",
            password,
            roles: details.roles.into_iter().map(RoleName::from).collect(),
            groups: details.groups,
            identity_providers: details.links,
        }
    }
}

impl EditUserForm {
    /// The change that the form describes. Problems go to `validation`.
    ///
    /// # Errors
    /// When the form does not say which values it showed.
    pub fn read(&self, validation: &mut Validation) -> Result<UserChange, Error> {
        let shown: UserDetails = baseline::decode(&self.baseline)?;
        let wanted = self.details.read(&shown, validation);
        // Where no role was shown the cluster may not have reported them.
        if !shown.roles.is_empty() {
            require_role(&wanted.roles, validation);
        }
        Ok(UserChange { shown, wanted })
    }
}

impl DetailsForm {
    /// The names of roles and groups.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.roles.iter().chain(&self.groups)
    }

    /// The submitted values. Those that are as they were shown stay exactly so; new ones are checked.
    fn read(&self, shown: &UserDetails, validation: &mut Validation) -> UserDetails {
        let email = if self.email == shown.email {
            self.email.clone()
        } else {
            validation.email("email", &self.email)
        };
        let mut name = |field: &str, submitted: &str, shown: &str| {
            if submitted == shown {
                return submitted.to_owned();
            }
            validation.line(field, submitted, MAX_NAME_LENGTH)
        };
        let first_name = name("first_name", &self.first_name, &shown.first_name);
        let last_name = name("last_name", &self.last_name, &shown.last_name);
        UserDetails {
            email,
            first_name,
            last_name,
            roles: names(validation, "roles", &self.roles, &shown.roles),
            groups: names(validation, "groups", &self.groups, &shown.groups),
            links: links(validation, &self.links, &shown.links),
        }
    }
}

impl LinkRow {
    fn is(&self, link: &IdentityLink) -> bool {
        let is_same = |row: &str, link: &Option<String>| row == link.as_deref().unwrap_or_default();
        is_same(&self.user_id, &link.user_id) && is_same(&self.user_name, &link.user_name)
    }
}

/// The reference requires a role for every user (section 7; notes, row 75), although the field is optional.
pub(super) fn require_role(roles: &[String], validation: &mut Validation) {
    validation.require(
        !roles.is_empty(),
        "roles",
        "Choose at least one role: every user must have one.",
    );
}

/// A user name that the cluster can take.
fn user_name(validation: &mut Validation, text: &str) -> String {
    let name = validation.required_line("username", text, MAX_NAME_LENGTH);
    validation.require(
        !name.contains(char::is_whitespace)
            && !name.contains(['/', '\\', '<', '>', '"', '&'])
            && !name.contains(SEPARATORS),
        "username",
        "A user name holds no spaces and none of / \\ < > \" & , ; |.",
    );
    name
}

fn names(validation: &mut Validation, field: &str, ticked: &[String], shown: &[String]) -> Vec<String> {
    let (kept, added): (Vec<_>, Vec<_>) = ticked.iter().cloned().partition(|name| shown.contains(name));
    [kept, validation.names(field, &added, MAX_ADDED)].concat()
}

fn links(validation: &mut Validation, rows: &[LinkRow], shown: &IdentityProviders) -> IdentityProviders {
    let is_listed = |alias: &str| rows.iter().any(|row| row.alias == alias);
    // The form lists no provider that could not be read; those keep their links.
    let mut links = shown.clone();
    links.retain(|alias, _| !is_listed(alias));
    let linked = rows.iter().enumerate().filter(|(_, row)| row.linked == "true");
    for (at, row) in linked {
        let link = match shown.get(&row.alias) {
            Some(link) if row.is(link) => link.clone(),
            _ => {
                let mut required = |field: &str, text: &str| {
                    validation.required_line(&format!("links[{at}][{field}]"), text, MAX_NAME_LENGTH)
                };
                IdentityLink {
                    user_id: Some(required("user_id", &row.user_id)),
                    user_name: Some(required("user_name", &row.user_name)),
                }
            }
        };
        links.insert(alias_of(validation, &row.alias, shown), link);
    }
    links
}

/// The alias of a provider, byte for byte: it is the cluster's.
fn alias_of(validation: &mut Validation, alias: &str, shown: &IdentityProviders) -> String {
    if shown.contains_key(alias) {
        return alias.to_owned();
    }
    validation.require(!alias.is_empty(), "links", "This must not be empty.");
    let names = validation.names("links", &[alias.to_owned()], 1);
    names.into_iter().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(validation: Validation) -> Vec<String> {
        match validation.finish() {
            Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
            _ => Vec::new(),
        }
    }

    fn new_user(details: DetailsForm) -> (NewUser, Vec<String>) {
        let form = NewUserForm {
            username: " ana ".into(),
            details,
            ..NewUserForm::default()
        };
        let mut validation = Validation::default();
        let user = form.read(SecretString::default(), None, &mut validation);
        (user, fields(validation))
    }

    fn linked(alias: &str, user_id: &str, user_name: &str) -> LinkRow {
        LinkRow {
            alias: alias.into(),
            linked: "true".into(),
            user_id: user_id.into(),
            user_name: user_name.into(),
        }
    }

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn row_75_a_user_without_a_role_is_refused() {
        assert_eq!(new_user(DetailsForm::default()).1, ["roles"]);
        let shown = UserDetails {
            roles: strings(&["a"]),
            ..UserDetails::default()
        };
        let edit = EditUserForm {
            baseline: baseline::encode(&shown),
            ..EditUserForm::default()
        };
        let mut validation = Validation::default();
        edit.read(&mut validation).expect("a baseline");
        assert_eq!(fields(validation), ["roles"]);
    }

    #[test]
    fn a_user_name_holds_nothing_that_separates_names() {
        for username in [
            "ana,bo",
            "ana;bo",
            "ana|bo",
            "ana bo",
            "ana\u{a0}bo",
            "ana\u{200b}",
            "a/b",
        ] {
            let form = NewUserForm {
                username: username.into(),
                details: DetailsForm {
                    roles: strings(&["auditor"]),
                    ..DetailsForm::default()
                },
                ..NewUserForm::default()
            };
            let mut validation = Validation::default();
            form.read(SecretString::default(), None, &mut validation);
            let fields = fields(validation);
            assert!(
                !fields.is_empty() && fields.iter().all(|field| field == "username"),
                "{username:?}"
            );
        }
    }

    #[test]
    fn what_the_cluster_has_is_not_normalised_and_what_is_typed_is() {
        let shown = UserDetails {
            first_name: "Jose\u{301}".into(),
            last_name: "a\u{200b}b".into(),
            roles: strings(&["ops\u{200b}x "]),
            ..UserDetails::default()
        };
        let mut form = DetailsForm {
            first_name: shown.first_name.clone(),
            last_name: shown.last_name.clone(),
            roles: shown.roles.clone(),
            ..DetailsForm::default()
        };
        let mut validation = Validation::default();
        assert_eq!(form.read(&shown, &mut validation), shown);
        assert!(fields(validation).is_empty());
        form.links = vec![linked(" Jose\u{301} IDP", "7", "ana")];
        let mut validation = Validation::default();
        let links = form.read(&shown, &mut validation).links;
        assert_eq!(links.keys().collect::<Vec<_>>(), [" Jose\u{301} IDP"]);
        assert!(fields(validation).is_empty());
        form.links.clear();
        form.first_name = "Rene\u{301}".into();
        form.roles.push("new\u{2066}".into());
        let mut validation = Validation::default();
        assert_eq!(form.read(&shown, &mut validation).first_name, "Ren\u{e9}");
        assert_eq!(fields(validation), ["roles"]);
    }

    #[test]
    fn row_21_links_are_an_object_by_alias() {
        let unticked = LinkRow {
            alias: "AZURE-IDP".into(),
            ..LinkRow::default()
        };
        let (user, problems) = new_user(DetailsForm {
            email: " ana@example.com ".into(),
            roles: strings(&["auditor"]),
            links: vec![linked("AWS-IDP", "ana@example.com", "ana"), unticked],
            ..DetailsForm::default()
        });
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            (user.username.as_str(), user.email.as_deref()),
            ("ana", Some("ana@example.com"))
        );
        assert_eq!(user.identity_providers.keys().collect::<Vec<_>>(), ["AWS-IDP"]);
        assert_eq!(
            user.identity_providers["AWS-IDP"].user_name.as_deref(),
            Some("ana")
        );
    }

    #[test]
    fn a_link_has_the_id_and_the_name_at_the_provider() {
        let (_, problems) = new_user(DetailsForm {
            roles: strings(&["auditor"]),
            links: vec![linked("AWS-IDP", "", "")],
            ..DetailsForm::default()
        });
        assert_eq!(problems, ["links[0][user_id]", "links[0][user_name]"]);
    }

    #[test]
    fn values_that_were_shown_stay_as_they_are_and_new_ones_are_checked() {
        let many: Vec<_> = (0..=MAX_ADDED).map(|at| format!("group-{at}")).collect();
        let link = IdentityLink {
            user_id: None,
            user_name: Some(" a ".into()),
        };
        let shown = UserDetails {
            email: "not an address".into(),
            first_name: " Ana ".into(),
            last_name: "x".repeat(MAX_NAME_LENGTH + 1),
            roles: strings(&["ops x "]),
            groups: many.clone(),
            links: IdentityProviders::from([("AWS-IDP".to_owned(), link.clone()), ("unlisted".into(), link)]),
        };
        let mut form = DetailsForm {
            email: shown.email.clone(),
            first_name: shown.first_name.clone(),
            last_name: shown.last_name.clone(),
            roles: shown.roles.clone(),
            groups: shown.groups.clone(),
            links: vec![linked("AWS-IDP", "", " a ")],
        };
        let mut validation = Validation::default();
        assert_eq!(form.read(&shown, &mut validation), shown);
        assert!(fields(validation).is_empty());

        form.email += "!";
        form.last_name += "x";
        form.roles.push("added".into());
        form.links[0].user_name.clear();
        let mut validation = Validation::default();
        let read = form.read(&shown, &mut validation);
        assert_eq!(read.roles, ["ops x ", "added"]);
        assert_eq!(
            fields(validation),
            ["email", "last_name", "links[0][user_id]", "links[0][user_name]"]
        );
        let mut validation = Validation::default();
        form.read(&UserDetails::default(), &mut validation);
        assert!(
            fields(validation).contains(&"groups".to_owned()),
            "they are too many to be added"
        );
    }
}
