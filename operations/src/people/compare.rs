//! What does not fit together between the two accounts of one person.

use proofpoint::UserType;
use protegrity::User;

use super::find::addresses;
use crate::{
    characters::folded,
    directory::{full_name, is_open},
    mail,
};

/// Something that does not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// What, in one sentence.
    pub title: String,
    /// Why it matters, and what can be done.
    pub detail: &'static str,
}

impl Inconsistency {
    fn new(title: impl Into<String>, detail: &'static str) -> Self {
        Self {
            title: title.into(),
            detail,
        }
    }
}

/// What does not fit together, where both systems were read: `None` is a system that has no user with that address.
pub fn inconsistencies(
    account: Option<&User>,
    mailbox: Option<&proofpoint::User>,
    accounts: usize,
) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    if accounts > 1 {
        found.push(Inconsistency::new(
            format!("{accounts} accounts of the cluster have this address."),
            "This page shows the first. Look at the others in the list of users.",
        ));
    }
    match (account, mailbox) {
        (Some(account), Some(mailbox)) => both(account, mailbox, &mut found),
        (Some(account), None) if is_open(account) && account.email.is_some() => {
            found.push(Inconsistency::new(
                "The account is open, and Proofpoint has no mailbox for its address.",
                "Mail to the address is not filtered, or goes elsewhere. A new starter may be waiting for the next \
                 synchronisation.",
            ));
        }
        (None, Some(mailbox)) if is_active(mailbox) && !is_functional(mailbox) => {
            found.push(Inconsistency::new(
                "The mailbox is active, and the cluster has no account with its address.",
                "A leaver's mailbox keeps a licence. A person who never had an account is no mistake.",
            ));
        }
        _ => {}
    }
    found
}

fn both(account: &User, mailbox: &proofpoint::User, found: &mut Vec<Inconsistency>) {
    match (is_open(account), is_active(mailbox)) {
        (false, true) if !is_functional(mailbox) => found.push(Inconsistency::new(
            "The account is locked, and the mailbox is active.",
            "A leaver's mailbox keeps a licence and goes on receiving mail: make it functional, or deactivate it.",
        )),
        (true, false) => found.push(Inconsistency::new(
            "The account is open, and the mailbox is not active.",
            "Mail to the address is rejected. Where Azure blocks the sign-in, Proofpoint makes the user inactive by itself.",
        )),
        _ => {}
    }
    if is_open(account) && is_functional(mailbox) {
        found.push(Inconsistency::new(
            "The account is open, and the mailbox is a functional account.",
            "A functional account is no person's: its owner gets no digest and cannot sign in to Proofpoint.",
        ));
    }
    let email = account.email.as_deref().unwrap_or_default();
    let primary = mailbox.primary_email.as_str();
    if email.is_empty() {
        found.push(Inconsistency::new(
            "The cluster has no address for the account.",
            "It was found by its user name. Enter the address, so that both belong together.",
        ));
    } else if !email.eq_ignore_ascii_case(primary) {
        let is_alias = addresses(mailbox)
            .iter()
            .any(|address| address.eq_ignore_ascii_case(email));
        let which = if is_alias { "an alias" } else { "no address" };
        found.push(Inconsistency::new(
            format!("The account has {email}, which is {which} of the mailbox {primary}."),
            "Single sign-on and the digest may treat the two as different people.",
        ));
    }
    let (name, mail_name) = (full_name(account), mail::users::full_name(mailbox));
    if !name.is_empty() && !mail_name.is_empty() && folded(&name) != folded(&mail_name) {
        found.push(Inconsistency::new(
            format!("The names differ: {name} at the cluster, {mail_name} at Proofpoint."),
            "A name that has changed is changed in one of the two.",
        ));
    }
}

fn is_active(mailbox: &proofpoint::User) -> bool {
    mailbox.is_active.unwrap_or(true)
}

fn is_functional(mailbox: &proofpoint::User) -> bool {
    mailbox.user_type == Some(UserType::FunctionalAccount)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(enabled: bool, email: &str) -> User {
        User {
            username: "anna.berg".to_owned(),
            email: Some(email.to_owned()).filter(|email| !email.is_empty()),
            first_name: Some("Anna".to_owned()),
            last_name: Some("Berg".to_owned()),
            enabled: Some(enabled),
            ..User::default()
        }
    }

    fn mailbox(is_active: bool, kind: &str, last_name: &str) -> proofpoint::User {
        serde_json::from_value(json!({
            "primary_email": "Anna.Berg@example.com", "firstname": "Anna", "surname": last_name, "is_active": is_active,
            "type": kind, "alias_emails": ["anna@example.com"],
        }))
        .expect("a user")
    }

    fn check(account: Option<&User>, mailbox: Option<&proofpoint::User>, accounts: usize, expected: &[&str]) {
        let found = inconsistencies(account, mailbox, accounts);
        let titles: Vec<_> = found.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(titles, expected);
    }

    #[test]
    fn what_fits_together_is_not_mentioned() {
        let email = "anna.berg@example.com";
        check(
            Some(&account(true, email)),
            Some(&mailbox(true, "end_user", "BERG")),
            1,
            &[],
        );
        check(
            Some(&account(false, email)),
            Some(&mailbox(false, "end_user", "Berg")),
            1,
            &[],
        );
        check(
            Some(&account(false, email)),
            Some(&mailbox(true, "functional_account", "Berg")),
            1,
            &[],
        );
        check(Some(&account(false, email)), None, 1, &[]);
        check(None, Some(&mailbox(true, "functional_account", "Berg")), 0, &[]);
        check(None, None, 0, &[]);
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let email = "anna.berg@example.com";
        check(
            Some(&account(false, email)),
            Some(&mailbox(true, "end_user", "Berg")),
            1,
            &["The account is locked, and the mailbox is active."],
        );
        check(
            Some(&account(true, email)),
            Some(&mailbox(false, "end_user", "Berg")),
            2,
            &[
                "2 accounts of the cluster have this address.",
                "The account is open, and the mailbox is not active.",
            ],
        );
        check(
            Some(&account(true, "anna@example.com")),
            Some(&mailbox(true, "functional_account", "Stone")),
            1,
            &[
                "The account is open, and the mailbox is a functional account.",
                "The account has anna@example.com, which is an alias of the mailbox Anna.Berg@example.com.",
                "The names differ: Anna Berg at the cluster, Anna Stone at Proofpoint.",
            ],
        );
        check(
            Some(&account(true, "")),
            Some(&mailbox(true, "end_user", "Berg")),
            1,
            &["The cluster has no address for the account."],
        );
        check(
            Some(&account(true, email)),
            None,
            1,
            &["The account is open, and Proofpoint has no mailbox for its address."],
        );
        check(
            None,
            Some(&mailbox(true, "end_user", "Berg")),
            0,
            &["The mailbox is active, and the cluster has no account with its address."],
        );
    }
}
