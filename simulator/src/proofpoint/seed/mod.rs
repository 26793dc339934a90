//! The seeded state: two trees of partners and customers, the accounts, and any number of users of example.com.

mod customers;
mod example;

use super::{
    Instance, ProofpointOptions,
    state::{Essentials, Organization, User},
};
use crate::{
    DemoAccount,
    seed::{PASSWORD, account},
};

/// The accounts of Proofpoint Essentials that a demo lists, all with the password of the cluster's. The roles are the
/// type of each.
pub const PROOFPOINT_ACCOUNTS: &[DemoAccount] = &[
    account(
        "admin@example.com",
        &["organization_admin"],
        "Organisation administrator of example.com",
    ),
    account(
        "reader@example.com",
        &["organization_admin"],
        "Read-only administrator of example.com",
    ),
    account(
        "partner@msp.example",
        &["channel_admin"],
        "Channel administrator of msp.example, with its customers on two instances",
    ),
    account(
        "employee@example.com",
        &["end_user"],
        "End user of example.com: may not use the administration",
    ),
];

/// The state that a reset restores. The generated users come last, so that their number does not change the ids of the
/// others.
pub(super) fn essentials(options: &ProofpointOptions) -> Essentials {
    let mut state = Essentials::new();
    let channel = partners(&mut state);
    customers::add(&mut state, channel);
    rivals(&mut state);
    example::add(&mut state, channel, options.users);
    state
}

/// A distributor, a reseller and a channel, each below the one before. Returns the channel.
fn partners(state: &mut Essentials) -> u32 {
    let levels = [
        (
            "distributor.example",
            "Sample Distribution",
            "oem_partner",
            "oem@distributor.example",
        ),
        (
            "reseller.example",
            "Sample Resale",
            "strategic_partner",
            "strategic@reseller.example",
        ),
        ("msp.example", "Sample MSP", "channel", "partner@msp.example"),
    ];
    let mut parent = None;
    let mut last = 0;
    for (domain, name, kind, admin) in levels {
        let mut organization = Organization::new(state.new_id(), parent, domain, name);
        organization.kind = kind;
        organization.instances = vec![Instance::Us1, Instance::Us3];
        organization.set_package("professional");
        organization.external_id = format!("PARTNER-{}", organization.eid);
        let mut user = named(state, admin, ("Sample", "Partner"));
        user.kind = match kind {
            "oem_partner" => "oem_partner_admin",
            "strategic_partner" => "strategic_partner_admin",
            _ => "channel_admin",
        };
        user.can_impersonate = true;
        add_admin(&mut organization, user);
        if kind == "channel" {
            let mut reader = named(state, "reader@msp.example", ("Read-only", "Partner"));
            reader.kind = "channel_admin";
            reader.is_read_only = true;
            reader.password = Some(PASSWORD.to_owned());
            organization.users.put(reader);
        }
        last = organization.eid;
        parent = Some(last);
        state.add(organization);
    }
    last
}

/// A channel and its customer that no account above can see.
fn rivals(state: &mut Essentials) {
    let mut channel = Organization::new(state.new_id(), None, "rival.example", "Rival MSP");
    channel.kind = "channel";
    channel.instances = vec![Instance::Us2];
    let mut admin = named(state, "partner@rival.example", ("Rival", "Partner"));
    admin.kind = "channel_admin";
    add_admin(&mut channel, admin);
    let parent = channel.eid;
    state.add(channel);

    let mut customer = Organization::new(state.new_id(), Some(parent), "other.example", "Other Company");
    customer.instances = vec![Instance::Us2];
    let mut admin = named(state, "admin@other.example", ("Other", "Admin"));
    admin.kind = "organization_admin";
    add_admin(&mut customer, admin);
    state.add(customer);
}

fn named(state: &mut Essentials, email: &str, (first, last): (&str, &str)) -> User {
    let mut user = User::new(state.new_id(), email.to_owned());
    first.clone_into(&mut user.firstname);
    last.clone_into(&mut user.surname);
    user
}

/// Adds the administrator that an organisation shows, with the password of the demo.
fn add_admin(organization: &mut Organization, mut user: User) {
    user.password = Some(PASSWORD.to_owned());
    organization.admin.clone_from(&user.primary_email);
    organization.users.put(user);
}
