//! The starter's guide: an account, and a mailbox.

use gate::Operation;
use proofpoint::{DomainName, EmailAddress};
use serde::{Deserialize, Serialize};

use super::{Guide, GuideKind, GuideStep, NewAccount, NewMailbox};
use crate::{
    Error, Services,
    users::{MAX_NAME_LENGTH, NewUserForm, new_user},
    validation::Validation,
};

/// The form of the guide.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StarterForm {
    /// The chosen steps: `account`, `mailbox`.
    pub steps: Vec<String>,
    /// The organisation of the mailbox, by one of its domains.
    pub organization: String,
    /// The account; the mailbox has its names and address.
    #[serde(flatten)]
    pub account: NewUserForm,
    /// `true` once the steps were reviewed.
    pub reviewed: String,
}

impl StarterForm {
    /// Whether this step is chosen.
    pub fn has(&self, step: &str) -> bool {
        self.steps.iter().any(|chosen| chosen == step)
    }
}

/// The guide with the chosen steps.
///
/// # Errors
/// At the fields.
pub async fn plan_starter(
    services: &Services,
    operation: &Operation,
    form: &StarterForm,
) -> Result<Guide, Error> {
    let mut steps = Vec::new();
    let details = &form.account.details;
    if form.has("account") {
        let user = new_user(services, operation, &form.account, String::new().into()).await?;
        steps.push(GuideStep::CreateAccount(NewAccount {
            username: user.username,
            email: user.email.unwrap_or_default(),
            first_name: user.first_name.unwrap_or_default(),
            last_name: user.last_name.unwrap_or_default(),
            roles: user.roles.iter().map(ToString::to_string).collect(),
            groups: user.groups,
            links: user.identity_providers,
        }));
    }
    if form.has("mailbox") {
        let mut validation = Validation::default();
        let first_name = validation.line("first_name", &details.first_name, MAX_NAME_LENGTH);
        let last_name = validation.line("last_name", &details.last_name, MAX_NAME_LENGTH);
        let email = details.email.parse::<EmailAddress>();
        if let Err(problem) = &email {
            validation.add("email", format!("The address {problem}."));
        }
        let organization = form.organization.parse::<DomainName>();
        if let Err(problem) = &organization {
            validation.add("organization", format!("The domain {problem}."));
        }
        validation.finish()?;
        if let (Ok(email), Ok(organization)) = (email, organization) {
            steps.push(GuideStep::CreateMailbox(NewMailbox {
                organization: organization.to_string(),
                email: email.to_string(),
                first_name,
                last_name,
            }));
        }
    }
    if steps.is_empty() {
        return Err(Error::at("steps", "Choose at least one step."));
    }
    let names = format!("{} {}", details.first_name.trim(), details.last_name.trim());
    let person = match (names.trim(), details.email.trim()) {
        ("", "") => form.account.username.trim().to_owned(),
        ("", email) => email.to_owned(),
        (names, _) => names.to_owned(),
    };
    Ok(Guide {
        kind: GuideKind::Starter,
        person,
        steps,
    })
}
