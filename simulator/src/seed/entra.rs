//! The seeded Entra ID tenant, the same in every simulator, and the configuration that connects to it.

use super::people;
use crate::{
    prng::Prng,
    state::{Entra, EntraConfig, EntraGroup, EntraUser, Tenant},
};
use std::collections::BTreeSet;

const SEED: u64 = 0xe274_a1d0;
const USERS: usize = 260;

/// Principal name, email, first and last name.
type SpecialUser = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const SPECIAL_USERS: &[SpecialUser] = &[
    // The email of an account in the cluster.
    (
        "alpha@example.com",
        Some("alpha@example.com"),
        Some("Alpha"),
        Some("User"),
    ),
    (
        "orla.obrien@example.com",
        Some("O.Brien@example.com"),
        Some("=Órla"),
        Some("O'Brien"),
    ),
    // The import fails after a successful dry run.
    (
        "fails@example.com",
        Some("fails@example.com"),
        Some("Fenna"),
        Some("Fails"),
    ),
    // The user of the reference's samples (line 2645).
    (
        "john.doe@example.com",
        Some("john.doe@example.com"),
        Some("John"),
        Some("Doe"),
    ),
    // Without an email, and without names.
    ("meeting.room@example.com", None, Some("Meeting"), Some("Room")),
    ("kiosk-01@example.com", None, None, None),
    // An email unlike the principal name; a principal name with capitals; a guest's principal name.
    (
        "hsimmons@example.com",
        Some("helen.simmons@example.com"),
        Some("Helen"),
        Some("Simmons"),
    ),
    (
        "Mixed.Case@Example.com",
        Some("Mixed.Case@Example.com"),
        Some("Mixed"),
        Some("Case"),
    ),
    (
        "vendor_example.com#EXT#@example.com",
        Some("vendor@example.com"),
        Some("Vendor"),
        Some("Guest"),
    ),
    (
        "dario.d'angelo@example.com",
        Some("dario.d'angelo@example.com"),
        Some("Dario"),
        Some("D'Angelo"),
    ),
    (
        "joerg.grosse@example.com",
        Some("jörg.größe@example.com"),
        Some("Jörg"),
        Some("Größe"),
    ),
    // Written from right to left.
    (
        "yusuf.alamin@example.com",
        Some("yusuf.alamin@example.com"),
        Some("يوسف"),
        Some("الأمين"),
    ),
    (
        "party.planner@example.com",
        Some("party.planner@example.com"),
        Some("Sam 🎉"),
        Some("Rivera 🦀"),
    ),
    // Characters to escape in HTML and CSV.
    (
        "angle.bracket@example.com",
        Some("angle.bracket@example.com"),
        Some("<b>Angela</b>"),
        Some("=1+1,\"Bracket\""),
    ),
    // Longer than any column.
    (
        "bartholomaeus-maximilian.von-und-zu-hohenlohe-waldenburg-schillingsfuerst@example.com",
        Some("bartholomaeus-maximilian.von-und-zu-hohenlohe-waldenburg-schillingsfuerst@example.com"),
        Some("Bartholomäus Maximilian"),
        Some("von und zu Hohenlohe-Waldenburg-Schillingsfürst"),
    ),
];

/// Special groups: the name, and the principal names of the members.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Administrators",
        &["john.doe@example.com", "hsimmons@example.com"],
    ),
    // The name of a group in the cluster.
    ("developers", &["john.doe@example.com"]),
    ("Empty group", &[]),
    // Two members that an import does not create: one has an account in the cluster, one fails.
    (
        "Pilot",
        &[
            "alpha@example.com",
            "fails@example.com",
            "john.doe@example.com",
            "kiosk-01@example.com",
            "Mixed.Case@Example.com",
        ],
    ),
    (
        "Prüfer Zürich",
        &["joerg.grosse@example.com", "dario.d'angelo@example.com"],
    ),
    ("فريق الدعم", &["yusuf.alamin@example.com"]),
    ("Ops 🚀", &["party.planner@example.com"]),
    ("R&D <Lab>", &["angle.bracket@example.com"]),
    ("O'Hare office", &["orla.obrien@example.com"]),
];

/// Groups with generated members.
const DEPARTMENTS: [&str; 20] = [
    "Accounting",
    "Backend engineers",
    "Compliance",
    "Customer success",
    "Data platform",
    "Data protection officers",
    "Design",
    "Facilities",
    "Finance EMEA",
    "Finance NA",
    "Human resources",
    "Internal audit",
    "IT service desk",
    "Legal",
    "Marketing",
    "Network operations",
    "Procurement",
    "Sales EMEA",
    "Sales NA",
    "Security operations",
];

/// The group of all users.
const GROUP_OF_ALL: &str = "All staff";

/// A tenant with an enabled configuration that has a valid secret.
pub(crate) fn entra() -> Entra {
    let prng = &mut Prng::new(SEED);
    let config = EntraConfig {
        tenant_id: prng.uuid().to_string(),
        client_id: prng.uuid().to_string(),
        enabled: true,
        created_at: "2026-01-16T11:02:43.259928".to_owned(),
        updated_at: "2026-01-20T13:26:41.303308".to_owned(),
        is_secret_valid: true,
    };
    let users = users();
    let groups = groups(prng, &users);
    Entra {
        config: Some(config),
        tenant: Tenant { users, groups },
    }
}

/// The users, sorted by principal name.
fn users() -> Vec<EntraUser> {
    let generated = (0..).map(generated_user).take(USERS - SPECIAL_USERS.len());
    let mut users: Vec<_> = SPECIAL_USERS.iter().map(special_user).chain(generated).collect();
    users.sort_by_key(|user| user.user_principal_name.to_lowercase());
    users
}

fn special_user((name, email, first, last): &SpecialUser) -> EntraUser {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    EntraUser {
        user_principal_name: (*name).to_owned(),
        email: owned(*email),
        first_name: owned(*first),
        last_name: owned(*last),
    }
}

/// The last name comes first, so that the email differs from those of the generated users of the cluster.
fn generated_user(index: u32) -> EntraUser {
    let (first, last) = people::names(index);
    let name = format!("{}.{}@example.com", last.1, first.1);
    EntraUser {
        email: Some(name.clone()),
        user_principal_name: name,
        first_name: Some(first.0.to_owned()),
        last_name: Some(last.0.to_owned()),
    }
}

/// The groups, sorted by name.
fn groups(prng: &mut Prng, users: &[EntraUser]) -> Vec<EntraGroup> {
    let index_of = |name: &&str| users.iter().position(|user| user.user_principal_name == **name);
    let mut groups = vec![group(prng, GROUP_OF_ALL, (0..users.len()).collect())];
    for (name, members) in GROUPS {
        groups.push(group(prng, name, members.iter().filter_map(index_of).collect()));
    }
    for name in DEPARTMENTS {
        let size = 3 + prng.below(30);
        let members: BTreeSet<_> = (0..size).map(|_| prng.below(USERS as u64)).collect();
        let members = members
            .into_iter()
            .filter_map(|index| usize::try_from(index).ok());
        groups.push(group(prng, name, members.collect()));
    }
    groups.sort_by_key(|group| group.display_name.to_lowercase());
    groups
}

fn group(prng: &mut Prng, name: &str, members: Vec<usize>) -> EntraGroup {
    EntraGroup {
        id: prng.uuid().to_string(),
        display_name: name.to_owned(),
        members,
    }
}
