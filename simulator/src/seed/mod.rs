//! What a simulator starts with: roles, demo accounts, hand-made users and any number of made-up ones, groups, SAML
//! providers and an Entra ID tenant.

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
    world::{Directory, NewUser, User, World},
};

/// Every simulator has the same seed, so that a made-up user has the same id and email everywhere.
pub(crate) const SEED: u64 = 0x9057_e12d;

/// The users at the start. The made-up ones come last, so that their number does not change the others' ids.
pub(crate) fn directory(prng: &mut Prng, made_up: u32) -> Directory {
    let mut users = accounts::demo(prng);
    users.extend(accounts::hand_made(prng));
    users.extend((0..made_up).map(|index| people::person(prng, index)));
    Directory::of(users)
}

/// Puts users into groups and links them to providers. Its own generator keeps the users' ids what they are, however
/// many groups there are.
pub(crate) fn tie(world: &mut World) {
    let prng = &mut Prng::new(SEED.rotate_left(32));
    groups::found(world, prng);
    providers::link(world, prng);
}

fn user(prng: &mut Prng, new: NewUser) -> User {
    User::new(prng.uuid(), new)
}

/// 2019-01-01, and seven years, in milliseconds: when users were created.
const FIRST_CREATED: u64 = 1_546_300_800_000;
const CREATED_WITHIN: u64 = 7 * 365 * 24 * 3600 * 1000;

fn created(prng: &mut Prng) -> u64 {
    FIRST_CREATED + prng.below(CREATED_WITHIN)
}
