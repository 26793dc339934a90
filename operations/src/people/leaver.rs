//! The leaver's guide: which steps there are for a person, and the job of those that are chosen.

use gate::Operation;
use proofpoint::UserType;
use protegrity::User;
use serde::{Deserialize, Serialize};

use super::{Guide, GuideKind, GuideStep, MailUserRef, Mailbox, Person};
use crate::{
    Error,
    baseline::fingerprint,
    directory::is_open,
    jobs::{Command, UserRef},
};

/// The form of the guide.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeaverForm {
    /// The person.
    pub email: String,
    /// The names of the chosen steps.
    pub steps: Vec<String>,
    /// What becomes of the mailbox: `functional`, `deactivate`, or empty for nothing.
    pub mailbox: String,
    /// `true` exempts a functional account from the synchronisation with Azure.
    pub exempt: String,
    /// The fingerprint of the steps that were reviewed.
    pub reviewed: String,
}

/// The steps that there are for a person.
#[derive(Clone, Debug, Default)]
pub struct LeaverSteps {
    /// Those of the account, each with its name in the form. Nothing of one's own account is among them.
    pub account: Vec<(&'static str, GuideStep)>,
    /// The mailbox, where one of its states can still be chosen.
    pub mailbox: Option<MailUserRef>,
    /// Whether it is a functional account already.
    pub is_functional: bool,
    /// Whether the account is the caller's own.
    pub is_own: bool,
}

/// The steps that there are for this person.
pub fn leaver_steps(operation: &Operation, person: &Person) -> LeaverSteps {
    let mut steps = LeaverSteps::default();
    if let Ok(Some(user)) = &person.account {
        steps.is_own = operation.is_self(user);
        if !steps.is_own {
            steps.account = account_steps(user);
        }
    }
    if let Ok(Some(Mailbox { organization, user })) = &person.mailbox
        && user.is_active != Some(false)
    {
        steps.mailbox = Some(MailUserRef {
            organization: organization.to_string(),
            email: user.primary_email.to_string(),
        });
        steps.is_functional = user.user_type == Some(UserType::FunctionalAccount);
    }
    steps
}

fn account_steps(user: &User) -> Vec<(&'static str, GuideStep)> {
    let account = || UserRef {
        id: user.id.clone(),
        name: user.username.clone(),
    };
    let groups: Vec<String> = user.groups.clone().unwrap_or_default();
    let roles: Vec<String> = user.roles.iter().flatten().map(ToString::to_string).collect();
    let mut steps = Vec::new();
    if is_open(user) {
        steps.push(("lock", GuideStep::Lock(account())));
    }
    steps.push(("sessions", GuideStep::EndSessions(account())));
    if !groups.is_empty() {
        let user = account();
        steps.push(("groups", GuideStep::RemoveFromGroups { user, groups }));
    }
    if !roles.is_empty() {
        let user = account();
        steps.push(("roles", GuideStep::RemoveRoles { user, roles }));
    }
    steps
}

impl LeaverForm {
    /// Identifies the chosen steps as the review shows them: what it counts for.
    pub fn fingerprint(guide: &Guide) -> String {
        let steps: Vec<_> = guide.steps.iter().map(|step| format!("{step:?}")).collect();
        fingerprint(&steps)
    }
}

/// The guide with the chosen steps.
///
/// # Errors
/// At the fields, where nothing is chosen or what is chosen is not there any more.
pub fn plan_leaver(steps: LeaverSteps, person: &str, form: &LeaverForm) -> Result<Guide, Error> {
    let is_chosen = |name: &str| form.steps.iter().any(|chosen| chosen == name);
    let mut chosen: Vec<_> = steps
        .account
        .into_iter()
        .filter(|(name, _)| is_chosen(name))
        .map(|(_, step)| step)
        .collect();
    let is_exempt = form.exempt == "true";
    match (form.mailbox.as_str(), steps.mailbox) {
        ("", _) => {}
        ("functional", Some(mailbox)) if !steps.is_functional => {
            chosen.push(GuideStep::MakeFunctional { mailbox, is_exempt });
        }
        ("deactivate", Some(mailbox)) => chosen.push(GuideStep::Deactivate(mailbox)),
        _ => {
            let message = "The mailbox is not there any more, or has changed. Choose again.";
            return Err(Error::at("mailbox", message));
        }
    }
    if chosen.is_empty() {
        return Err(Error::at("steps", "Choose at least one step."));
    }
    Ok(Guide {
        kind: GuideKind::Leaver,
        person: person.to_owned(),
        steps: chosen,
    })
}

impl From<Guide> for Command {
    fn from(guide: Guide) -> Self {
        Self::Guide(guide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(is_functional: bool) -> LeaverSteps {
        let user = User {
            username: "anna.berg".to_owned(),
            id: "1".into(),
            groups: Some(vec!["developers".to_owned()]),
            roles: Some(vec!["viewer".into()]),
            ..User::default()
        };
        LeaverSteps {
            account: account_steps(&user),
            mailbox: Some(MailUserRef {
                organization: "example.com".to_owned(),
                email: "anna.berg@example.com".to_owned(),
            }),
            is_functional,
            is_own: false,
        }
    }

    fn form(steps: &[&str], mailbox: &str) -> LeaverForm {
        LeaverForm {
            steps: steps.iter().map(ToString::to_string).collect(),
            mailbox: mailbox.to_owned(),
            ..LeaverForm::default()
        }
    }

    fn titles(steps: LeaverSteps, form: &LeaverForm) -> Result<Vec<String>, String> {
        let guide = plan_leaver(steps, "Anna Berg", form).map_err(|error| error.to_string())?;
        Ok(guide.steps.iter().map(GuideStep::title).collect())
    }

    #[test]
    fn chosen_steps_come_in_the_order_of_the_guide() {
        let all = form(&["roles", "groups", "sessions", "lock"], "functional");
        assert_eq!(
            titles(steps(false), &all).as_deref(),
            Ok(&[
                "Lock the account anna.berg".to_owned(),
                "End the sessions of anna.berg in this portal".to_owned(),
                "Remove anna.berg from 1 group".to_owned(),
                "Take 1 role from anna.berg".to_owned(),
                "Make anna.berg@example.com a functional account".to_owned(),
            ][..])
        );
        let one = titles(steps(false), &form(&["lock", "king"], "")).expect("a step");
        assert_eq!(one, ["Lock the account anna.berg"]);
    }

    #[test]
    fn nothing_chosen_and_what_is_gone_are_refused() {
        assert!(titles(steps(false), &form(&[], "")).is_err());
        assert!(titles(steps(true), &form(&["lock"], "functional")).is_err());
        assert!(titles(steps(true), &form(&[], "deactivate")).is_ok());
        let without = LeaverSteps {
            mailbox: None,
            ..steps(false)
        };
        assert!(titles(without, &form(&["lock"], "deactivate")).is_err());
    }
}
