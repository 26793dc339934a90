//! The seeded state: roles, demo accounts, special users, any number of generated users, groups, SAML providers and an
//! Entra ID tenant.

mod accounts;
mod entra;
mod groups;
mod people;
mod providers;
mod roles;

pub use accounts::{DEMO_ACCOUNTS, DemoAccount};
pub(crate) use entra::entra;
pub(crate) use providers::providers;
pub(crate) use roles::roles;

use crate::{
    prng::Prng,
    state::{ClusterState, Directory, NewUser, User},
};

/// The seed of every simulator, so that a generated user has the same id and email in each.
pub(crate) const SEED: u64 = 0x9057_e12d;

/// The seeded users. The generated users come last, so that their number does not change the ids of the others.
pub(crate) fn directory(prng: &mut Prng, generated: u32) -> Directory {
    let mut users = accounts::demo_users(prng);
    users.extend(accounts::special_users(prng));
    users.extend((0..generated).map(|index| people::person(prng, index)));
    Directory::new(users)
}

/// Adds the groups with their members, the providers' mappers and the users' links. It has its own generator, so that
/// the number of users does not change the ids of groups and mappers, nor the reverse.
pub(crate) fn add_groups_and_links(state: &mut ClusterState) {
    let prng = &mut Prng::new(SEED.rotate_left(32));
    groups::add(state, prng);
    providers::add_mappers_and_links(state, prng);
}

fn user(prng: &mut Prng, new: NewUser) -> User {
    User::new(prng.uuid(), new)
}

/// Users are created within seven years from 2019-01-01, in milliseconds since 1970.
const FIRST_CREATED: u64 = 1_546_300_800_000;
const CREATED_WITHIN: u64 = 7 * 365 * 24 * 3600 * 1000;

fn created(prng: &mut Prng) -> u64 {
    FIRST_CREATED + prng.below(CREATED_WITHIN)
}
