//! The demo accounts, and special users with values that lists easily get wrong.

use super::{created, user};
use crate::{
    prng::Prng,
    state::{NewUser, User},
};

pub(crate) const PASSWORD: &str = "Demo-Passw0rd!";

/// An account that the sign-in page lists in demo mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DemoAccount {
    /// The user name.
    pub user_name: &'static str,
    /// The password, which is no secret: the sign-in page shows it.
    pub password: &'static str,
    /// One line about the account's permissions.
    pub description: &'static str,
    /// The account's roles.
    pub roles: &'static [&'static str],
}

pub(crate) const fn account(
    user_name: &'static str,
    roles: &'static [&'static str],
    description: &'static str,
) -> DemoAccount {
    DemoAccount {
        user_name,
        password: PASSWORD,
        description,
        roles,
    }
}

/// The demo accounts, which every simulator has.
pub const DEMO_ACCOUNTS: &[DemoAccount] = &[
    account(
        "admin",
        &["security_administrator", "workbench_administrator"],
        "Security and workbench administrator: may do everything",
    ),
    account(
        "helpdesk",
        &["helpdesk_operator"],
        "Helpdesk operator: manages users, sees groups and roles",
    ),
    account(
        "officer",
        &["policy_officer"],
        "Policy officer: writes and deploys policies",
    ),
    account(
        "officer2",
        &["policy_officer"],
        "A second policy officer, who can approve a deployment",
    ),
    account(
        "auditor",
        &["portal_auditor"],
        "Auditor: sees everything, changes nothing",
    ),
    account(
        "nologin",
        &["directory_viewer"],
        "Directory viewer: has no right to a token, so sign-in is refused",
    ),
];

/// The first user has no creation time and a verified email, as in the reference's sample (line 1068).
pub(super) fn demo_users(prng: &mut Prng) -> Vec<User> {
    DEMO_ACCOUNTS
        .iter()
        .map(|account| demo_user(prng, account))
        .collect()
}

fn demo_user(prng: &mut Prng, account: &DemoAccount) -> User {
    let first = account.user_name == "admin";
    let mut letters = account.user_name.chars();
    let name = letters
        .next()
        .map(|letter| letter.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect();
    let created = created(prng);
    let new = NewUser {
        username: account.user_name.to_owned(),
        email: Some(format!("{}@example.com", account.user_name)),
        first_name: Some(name),
        last_name: Some("User".to_owned()),
        enabled: true,
        email_verified: first,
        created: (!first).then_some(created),
        roles: account.roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let mut user = user(prng, new);
    user.set_password_unchecked(account.password);
    user
}

struct Template {
    username: &'static str,
    has_email: bool,
    names: Option<(&'static str, &'static str)>,
    enabled: bool,
    role: Option<&'static str>,
}

const SPECIAL_USERS: &[Template] = &[
    Template {
        username: "alpha",
        has_email: true,
        names: Some(("Alpha", "User")),
        enabled: true,
        role: Some("directory_viewer"),
    },
    // Locked, without an email.
    Template {
        username: "bdrift",
        has_email: false,
        names: Some(("Bo", "Drift")),
        enabled: false,
        role: None,
    },
    Template {
        username: "c.okafor",
        has_email: true,
        names: Some(("Chidi", "Okafor")),
        enabled: false,
        role: Some("security_viewer"),
    },
    // Without names.
    Template {
        username: "svc-backup",
        has_email: false,
        names: None,
        enabled: true,
        role: Some("workbench_deployment_administrator"),
    },
    // Written from right to left.
    Template {
        username: "layla.haddad",
        has_email: true,
        names: Some(("ليلى", "حداد")),
        enabled: true,
        role: Some("directory_viewer"),
    },
    // Longer than any column.
    Template {
        username: "maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg",
        has_email: true,
        names: Some((
            "Maximiliana Wilhelmina Theodora Antoinette",
            "von Hohenschwangau zu Trauttmansdorff-Weinsberg und Wolkenstein-Rodenegg",
        )),
        enabled: true,
        role: Some("directory_viewer"),
    },
    // Characters to escape in HTML and CSV.
    Template {
        username: "o.brien",
        has_email: true,
        names: Some(("=Órla", "O'Brien <\"&\">, Jr.")),
        enabled: true,
        role: Some("workbench_viewer"),
    },
];

pub(super) fn special_users(prng: &mut Prng) -> Vec<User> {
    SPECIAL_USERS.iter().map(|template| template.user(prng)).collect()
}

impl Template {
    fn user(&self, prng: &mut Prng) -> User {
        let created = Some(created(prng));
        let new = NewUser {
            username: self.username.to_owned(),
            email: self.has_email.then(|| format!("{}@example.com", self.username)),
            first_name: self.names.map(|(first, _)| first.to_owned()),
            last_name: self.names.map(|(_, last)| last.to_owned()),
            enabled: self.enabled,
            email_verified: false,
            created,
            roles: self.role.into_iter().map(str::to_owned).collect(),
        };
        user(prng, new)
    }
}
