//! Administrators, and people who are in one system and not in the other.

use std::collections::HashSet;

use proofpoint::{DomainName, EmailAddress, User as MailUser, UserType};
use protegrity::User as ClusterUser;

use super::{Checked, Finding, FindingKind, Remedy, Severity, Subject};
use crate::{directory::is_open, text::counted};

/// More administrators who may change things than this are many.
const MANY_ADMINS: usize = 5;

const PEOPLE: (&str, &str) = ("person", "people");

/// The accounts of administrators.
pub(super) fn of_admins(users: &[&MailUser]) -> Checked {
    let is_admin = |user: &&MailUser| user.user_type.as_ref().is_some_and(UserType::is_admin);
    let admins = users.iter().copied().filter(is_admin);
    let (inactive, active): (Vec<&MailUser>, Vec<_>) = admins.partition(|user| user.is_active == Some(false));
    let mut changing = active;
    changing.retain(|user| user.is_read_only != Some(true));
    let mut checked = Checked::default();
    if changing.len() > MANY_ADMINS {
        checked.findings.push(of_users(
            Severity::Low,
            FindingKind::Administrators,
            format!(
                "{} may change everything",
                counted(changing.len(), ("administrator", "administrators"))
            ),
            "Each of these accounts opens the mail of the whole organisation when its password is lost. Make \
             accounts that only look read-only, and others users.",
            &changing,
        ));
    }
    if !inactive.is_empty() {
        let accounts = counted(inactive.len(), ("inactive account is", "inactive accounts are"));
        checked.findings.push(of_users(
            Severity::Low,
            FindingKind::Administrators,
            format!("{accounts} still of an administrator's type"),
            "An account that is activated again has all its rights at once. Give it the type of a user, or delete it.",
            &inactive,
        ));
    }
    checked
}

fn of_users(severity: Severity, kind: FindingKind, what: String, why: &str, users: &[&MailUser]) -> Finding {
    let mut addresses: Vec<_> = users.iter().map(|user| user.primary_email.clone()).collect();
    addresses.sort();
    Finding {
        why: why.to_owned(),
        remedy: match addresses.as_slice() {
            [one] => Remedy::User(one.clone()),
            _ => Remedy::Users,
        },
        subjects: addresses.into_iter().map(Subject::MailUser).collect(),
        ..Finding::of_organization(severity, kind, what)
    }
}

/// People whose account in the cluster is open and whose address is of the organisation, and who have no mailbox here,
/// and the reverse.
pub(super) fn across(mail_users: &[&MailUser], cluster_users: &[ClusterUser], own: &[DomainName]) -> Checked {
    let mut checked = Checked::default();
    checked
        .findings
        .extend(only_in_cluster(mail_users, cluster_users, own));
    checked
        .findings
        .extend(only_at_proofpoint(mail_users, cluster_users));
    checked
}

fn only_in_cluster(
    mail_users: &[&MailUser],
    cluster_users: &[ClusterUser],
    own: &[DomainName],
) -> Option<Finding> {
    let known: HashSet<&EmailAddress> = mail_users.iter().flat_map(|user| addresses(user)).collect();
    let missing = |user: &&ClusterUser| {
        let email = EmailAddress::from(email_of(user).to_owned());
        is_open(user) && own.contains(&email.domain()) && !known.contains(&email)
    };
    let subjects: Vec<_> = cluster_users
        .iter()
        .filter(missing)
        .map(|user| Subject::ClusterUser {
            id: user.id.clone(),
            name: format!("{} ({})", user.username, email_of(user)),
        })
        .collect();
    if subjects.is_empty() {
        return None;
    }
    Some(Finding {
        why: "Their accounts in the Protegrity cluster are open, and Proofpoint knows none of their addresses: their \
              mail is not filtered, or they have left and their accounts remained. Create the mailbox or lock the account."
            .to_owned(),
        remedy: Remedy::Users,
        ..Finding::of_organization(
            Severity::Medium,
            FindingKind::OnlyProtegrity,
            match subjects.len() {
                1 => "1 person of the cluster has no mailbox at Proofpoint".to_owned(),
                count => format!("{} of the cluster have no mailbox at Proofpoint", counted(count, PEOPLE)),
            },
        )
        .about(subjects)
    })
}

fn only_at_proofpoint(mail_users: &[&MailUser], cluster_users: &[ClusterUser]) -> Option<Finding> {
    let known: HashSet<EmailAddress> = cluster_users
        .iter()
        .map(|user| EmailAddress::from(email_of(user).to_owned()))
        .collect();
    let is_person = |user: &&&MailUser| {
        user.is_active == Some(true)
            && user.is_billable != Some(false)
            && user.user_type != Some(UserType::FunctionalAccount)
    };
    let mut missing: Vec<_> = mail_users
        .iter()
        .filter(is_person)
        .filter(|user| !addresses(user).any(|address| known.contains(address)))
        .map(|user| user.primary_email.clone())
        .collect();
    missing.sort();
    if missing.is_empty() {
        return None;
    }
    let what = match missing.len() {
        1 => "1 person with a seat has no account in the cluster".to_owned(),
        count => format!(
            "{} with a seat have no account in the cluster",
            counted(count, PEOPLE)
        ),
    };
    Some(Finding {
        why: "A person who needs no account there is fine. Others have left and still take a seat, or their account \
              in the cluster has another address."
            .to_owned(),
        remedy: Remedy::Users,
        ..Finding::of_organization(Severity::Low, FindingKind::OnlyProofpoint, what)
            .about(missing.into_iter().map(Subject::MailUser).collect())
    })
}

/// The primary address and the aliases.
fn addresses(user: &MailUser) -> impl Iterator<Item = &EmailAddress> {
    [&user.primary_email]
        .into_iter()
        .chain(user.alias_emails.iter().flatten())
}

fn email_of(user: &ClusterUser) -> &str {
    user.email.as_deref().unwrap_or_default().trim()
}

impl Finding {
    fn about(self, subjects: Vec<Subject>) -> Self {
        Self { subjects, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email(text: &str) -> EmailAddress {
        EmailAddress::from(text.to_owned())
    }

    fn mail_user(address: &str, user_type: &str) -> MailUser {
        MailUser {
            primary_email: email(address),
            user_type: Some(UserType::from(user_type)),
            is_active: Some(true),
            is_billable: Some(true),
            ..MailUser::default()
        }
    }

    fn cluster_user(name: &str, email: Option<&str>, enabled: bool) -> ClusterUser {
        ClusterUser {
            id: name.into(),
            username: name.to_owned(),
            email: email.map(ToOwned::to_owned),
            enabled: Some(enabled),
            ..ClusterUser::default()
        }
    }

    fn names(finding: Option<Finding>) -> Vec<String> {
        let subjects = finding.into_iter().flat_map(|finding| finding.subjects);
        let name = |subject| match subject {
            Subject::MailUser(address) => address.to_string(),
            Subject::ClusterUser { name, .. } | Subject::Provider(name) => name,
            Subject::Organization => "the organisation".to_owned(),
        };
        subjects.map(name).collect()
    }

    fn own() -> Vec<DomainName> {
        vec![DomainName::from("Example.com".to_owned())]
    }

    #[test]
    fn people_in_one_system_alone() {
        let mut alias = mail_user("bo@example.com", "end_user");
        alias.alias_emails = Some(vec![email("B.Olsen@example.com")]);
        let closed = MailUser {
            is_active: Some(false),
            ..mail_user("closed@example.com", "end_user")
        };
        let journal = MailUser {
            is_billable: Some(false),
            ..mail_user("journal@example.com", "silent_user")
        };
        let mail = [
            mail_user("ana@example.com", "end_user"),
            alias,
            closed,
            journal,
            mail_user("info@example.com", "functional_account"),
            mail_user("only@example.com", "silent_user"),
        ];
        let mail: Vec<_> = mail.iter().collect();
        let cluster = [
            cluster_user("ana", Some(" ANA@EXAMPLE.com "), false),
            cluster_user("bo", Some("b.olsen@example.com"), true),
            cluster_user("cy", Some("cy@EXAMPLE.com"), true),
            cluster_user("locked", Some("locked@example.com"), false),
            cluster_user("other", Some("other@example.org"), true),
            cluster_user("svc", None, true),
        ];
        let found = only_in_cluster(&mail, &cluster, &own());
        assert_eq!(
            found.as_ref().map(|finding| finding.what.as_str()),
            Some("1 person of the cluster has no mailbox at Proofpoint")
        );
        assert_eq!(names(found), ["cy (cy@EXAMPLE.com)"]);
        let found = only_at_proofpoint(&mail, &cluster);
        assert_eq!(
            found.as_ref().map(|finding| finding.what.as_str()),
            Some("1 person with a seat has no account in the cluster")
        );
        assert_eq!(names(found), ["only@example.com"]);
        assert_eq!(across(&mail, &cluster, &own()).findings.len(), 2);
        assert_eq!(across(&[], &[], &own()), Checked::default());
    }

    #[test]
    fn many_and_inactive_administrators() {
        let admin = |name: &str, is_read_only, is_active| MailUser {
            is_read_only: Some(is_read_only),
            is_active: Some(is_active),
            ..mail_user(&format!("{name}@example.com"), "organization_admin")
        };
        let mut users: Vec<_> = ["a", "b", "c", "d", "e"]
            .map(|name| admin(name, false, true))
            .into();
        users.push(admin("reader", true, true));
        users.push(mail_user("user@example.com", "end_user"));
        let of = |users: &[MailUser]| of_admins(&users.iter().collect::<Vec<_>>()).findings;
        assert_eq!(of(&users), []);
        users.push(admin("f", false, true));
        users.push(admin("gone", false, false));
        let found = of(&users);
        let what: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "6 administrators may change everything",
                "1 inactive account is still of an administrator's type"
            ]
        );
        assert_eq!(found[0].subjects.len(), 6);
        assert_eq!(found[1].remedy, Remedy::User(email("gone@example.com")));
    }

    proptest! {
        /// A person is in the finding of the one system that has the address, and in none where both have it.
        #[test]
        fn a_person_of_both_systems_is_in_no_finding(
            mail in prop::collection::hash_set("[a-e]{1,2}", 0..12),
            cluster in prop::collection::hash_set("[a-e]{1,2}", 0..12),
        ) {
            let address = |name: &String| format!("{name}@example.com");
            let mail_users: Vec<_> = mail.iter().map(|name| mail_user(&address(name), "end_user")).collect();
            let mail_users: Vec<_> = mail_users.iter().collect();
            let cluster_users: Vec<_> = cluster
                .iter()
                .map(|name| cluster_user(name, Some(&address(name).to_uppercase()), true))
                .collect();
            let in_cluster = names(only_in_cluster(&mail_users, &cluster_users, &own())).len();
            let at_proofpoint = names(only_at_proofpoint(&mail_users, &cluster_users)).len();
            prop_assert_eq!(in_cluster, cluster.difference(&mail).count());
            prop_assert_eq!(at_proofpoint, mail.difference(&cluster).count());
        }
    }
}
