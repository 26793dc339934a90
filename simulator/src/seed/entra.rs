//! The Entra ID tenant, the same in every simulator, and the configuration that reaches it.

use super::people;
use crate::{
    prng::Prng,
    world::{Entra, EntraConfig, EntraGroup, EntraUser, Tenant},
};
use std::collections::BTreeSet;

const SEED: u64 = 0xe274_a1d0;
const USERS: usize = 260;

/// Principal name, email, first and last name of those made by hand.
type Odd = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const ODD: &[Odd] = &[
    // Here already, by the email.
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
    // The import fails, and a dry run does not say so.
    (
        "fails@example.com",
        Some("fails@example.com"),
        Some("Fenna"),
        Some("Fails"),
    ),
    // The one of the reference's samples (line 2645).
    (
        "john.doe@example.com",
        Some("john.doe@example.com"),
        Some("John"),
        Some("Doe"),
    ),
    // Without an email, and without any name either.
    ("meeting.room@example.com", None, Some("Meeting"), Some("Room")),
    ("kiosk-01@example.com", None, None, None),
    // An email that is not the principal name; a principal name that is not in lower case; a guest's.
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
    // Signs to escape in HTML and CSV.
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

/// Groups made by hand: the name and the principal names of the members.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Administrators",
        &["john.doe@example.com", "hsimmons@example.com"],
    ),
    // Has the name of a group that is here already.
    ("developers", &["john.doe@example.com"]),
    ("Empty group", &[]),
    // Some of its members cannot be created: one fails, one is here already.
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

/// Groups with made-up members.
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

/// Everybody is in this one.
const EVERYBODY: &str = "All staff";

/// Present, enabled, and working.
pub(crate) fn entra() -> Entra {
    let prng = &mut Prng::new(SEED);
    let config = EntraConfig {
        tenant_id: prng.uuid().to_string(),
        client_id: prng.uuid().to_string(),
        enabled: true,
        created_at: "2026-01-16T11:02:43.259928".to_owned(),
        updated_at: "2026-01-20T13:26:41.303308".to_owned(),
        is_secret_good: true,
    };
    let users = users();
    let groups = groups(prng, &users);
    Entra {
        config: Some(config),
        tenant: Tenant { users, groups },
    }
}

/// In the order of their principal names.
fn users() -> Vec<EntraUser> {
    let made_up = (0..).map(made_up).take(USERS - ODD.len());
    let mut users: Vec<_> = ODD.iter().map(odd).chain(made_up).collect();
    users.sort_by_key(|user| user.user_principal_name.to_lowercase());
    users
}

fn odd((name, email, first, last): &Odd) -> EntraUser {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    EntraUser {
        user_principal_name: (*name).to_owned(),
        email: owned(*email),
        first_name: owned(*first),
        last_name: owned(*last),
    }
}

/// The last name goes first, so that the email is never that of one of the made-up users.
fn made_up(index: u32) -> EntraUser {
    let (first, last) = people::names(index);
    let name = format!("{}.{}@example.com", last.1, first.1);
    EntraUser {
        email: Some(name.clone()),
        user_principal_name: name,
        first_name: Some(first.0.to_owned()),
        last_name: Some(last.0.to_owned()),
    }
}

/// In the order of their names.
fn groups(prng: &mut Prng, users: &[EntraUser]) -> Vec<EntraGroup> {
    let place = |name: &&str| users.iter().position(|user| user.user_principal_name == **name);
    let mut groups = vec![group(prng, EVERYBODY, (0..users.len()).collect())];
    for (name, members) in GROUPS {
        groups.push(group(prng, name, members.iter().filter_map(place).collect()));
    }
    for name in DEPARTMENTS {
        let size = 3 + prng.below(30);
        let members: BTreeSet<_> = (0..size).map(|_| prng.below(USERS as u64)).collect();
        let members = members.into_iter().filter_map(|at| usize::try_from(at).ok());
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
