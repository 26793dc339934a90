//! example.com: people who are also in the cluster, people who are not, shared mailboxes, and generated users.

use super::{
    add_admin,
    customers::{azure, provider},
    named,
};
use crate::{
    proofpoint::{
        Instance,
        state::{Domain, Essentials, Group, Organization, SenderLists, User},
    },
    seed::{PASSWORD, people},
};

/// The generated people of the cluster that are always here. Each fifth one is left out.
const PEOPLE: u32 = 40;

/// Licences beside those of generated users.
const LICENSES: u32 = 75;

/// Address, first and last name. The first ones are accounts and special users of the cluster.
const NAMED: &[(&str, (&str, &str))] = &[
    ("helpdesk", ("Helpdesk", "User")),
    ("officer", ("Officer", "User")),
    ("alpha", ("Alpha", "User")),
    ("c.okafor", ("Chidi", "Okafor")),
    ("layla.haddad", ("ليلى", "حداد")),
    (
        "maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg",
        (
            "Maximiliana Wilhelmina Theodora Antoinette",
            "von Hohenschwangau zu Trauttmansdorff-Weinsberg und Wolkenstein-Rodenegg",
        ),
    ),
    ("o.brien", ("=Órla", "O'Brien <\"&\">, Jr.")),
    // These have no account in the cluster.
    ("ana.nunez", ("Ana", "Núñez")),
    ("d'arcy+mail", ("Søren", "D'Arcy")),
    ("zoe.strand", ("Zoë", "Strand")),
];

pub(super) fn add(state: &mut Essentials, channel: u32, users: u32) {
    let mut organization = Organization::new(state.new_id(), Some(channel), "example.com", "Example Company");
    organization.instances = vec![Instance::Us3];
    organization.set_package("advanced_plus");
    organization.licenses = LICENSES + users;
    organization.renewal_days = 140;
    "C-EXAMPLE".clone_into(&mut organization.external_id);
    organization.sends_welcome_email = true;
    organization.domains = vec![
        Domain::relay("example.com"),
        Domain::relay("example.org"),
        Domain {
            name: "pending.example.org".to_owned(),
            ..Domain::default()
        },
    ];
    organization.outgoing_servers = vec!["192.0.2.10".to_owned(), "192.0.2.11".to_owned()];
    organization.lists = SenderLists::new(
        &["*@example.com", "orders@supplier.example", "192.0.2.0/24"],
        &["promo@bulk.example", "10.91.*.*"],
    );
    organization.azure = Some(azure("example.com", 21, 24));
    organization.exemptions = vec!["info@example.com".to_owned()];
    organization.mfa.admins_only = true;
    organization.providers = vec![provider("example.com", 20, 40), provider("example.org", 500, 500)];
    organization.groups = vec![
        Group {
            id: "501".to_owned(),
            name: "Finance".to_owned(),
            lists: SenderLists::new(&["billing@supplier.example", "*"], &[]),
        },
        Group {
            id: "502".to_owned(),
            name: "Sales & Marketing".to_owned(),
            lists: SenderLists::default(),
        },
    ];
    add_accounts(state, &mut organization);
    add_named(state, &mut organization);
    add_mailboxes(state, &mut organization);
    for index in (0..PEOPLE).filter(|index| index % 5 != 4) {
        organization.users.put(person(state, index));
    }
    for index in PEOPLE..PEOPLE + users {
        organization.users.put(person(state, index));
    }
    state.add(organization);
}

fn add_accounts(state: &mut Essentials, organization: &mut Organization) {
    let mut admin = named(state, "admin@example.com", ("Admin", "User"));
    admin.kind = "organization_admin";
    admin.aliases = vec!["postmaster@example.com".to_owned()];
    add_admin(organization, admin);
    let mut reader = named(state, "reader@example.com", ("Reader", "User"));
    reader.kind = "organization_admin";
    reader.is_read_only = true;
    reader.password = Some(PASSWORD.to_owned());
    organization.users.put(reader);
    let mut employee = named(state, "employee@example.com", ("Employee", "User"));
    employee.password = Some(PASSWORD.to_owned());
    organization.users.put(employee);
}

/// The list of a person among these lets too much in.
fn add_named(state: &mut Essentials, organization: &mut Organization) {
    for (name, names) in NAMED {
        let mut user = named(state, &format!("{name}@example.com"), *names);
        match *name {
            "alpha" => user.lists = SenderLists::new(&["*@gmail.com", "friend@home.example"], &[]),
            "layla.haddad" => user.aliases = vec!["layla@example.com".to_owned()],
            "o.brien" => user.lists = SenderLists::new(&["0.0.0.0/0"], &["ads@bulk.example"]),
            "ana.nunez" => user.aliases = vec!["ana@example.com".to_owned(), "ana@example.org".to_owned()],
            "zoe.strand" => user.is_active = false,
            _ => {}
        }
        organization.users.put(user);
    }
}

fn add_mailboxes(state: &mut Essentials, organization: &mut Organization) {
    for (name, title) in [
        ("info", "Information"),
        ("scanner", "Scanner, 2nd floor"),
        ("sales", "Sales"),
    ] {
        let mut mailbox = named(state, &format!("{name}@example.com"), (title, ""));
        mailbox.kind = "functional_account";
        organization.users.put(mailbox);
    }
    let mut archive = named(state, "journal@example.com", ("Journal", "Archive"));
    archive.is_billable = false;
    archive.kind = "silent_user";
    organization.users.put(archive);
}

/// The person of an index, whose address in the cluster is the same.
fn person(state: &mut Essentials, index: u32) -> User {
    let (first, last) = people::names(index);
    let name = people::username(index);
    let mut user = named(state, &format!("{name}@example.com"), (first.0, last.0));
    user.is_active = index % 23 != 11;
    if index.is_multiple_of(4) {
        user.aliases = vec![format!("{name}@example.org")];
    }
    user.kind = match index % 50 {
        17 => "silent_user",
        31 => "functional_account",
        _ => "end_user",
    };
    if index % 10 == 3 {
        user.lists = SenderLists::new(&["partner@supplier.example"], &[]);
    }
    user
}
