//! The seeded state: roles, demo accounts, special users, any number of generated users, groups, SAML providers, an
//! Entra ID tenant and a policy repository.

mod accounts;
mod entra;
mod groups;
pub(crate) mod people;
mod pim;
mod providers;
mod roles;

pub use accounts::{DEMO_ACCOUNTS, DemoAccount};
pub(crate) use accounts::{PASSWORD, account};
pub(crate) use pim::{add_objects as add_pim_objects, repository};

use crate::{
    Options, Settings,
    api_name::Api,
    prng::Prng,
    state::{ClusterState, Directory, Groups, NewUser, PasswordPolicy, Tokens, User},
};

/// The seed of every simulator, so that a generated user has the same id and email in each.
const SEED: u64 = 0x9057_e12d;

/// The state that a reset restores.
pub(crate) fn cluster(options: &Options) -> ClusterState {
    let mut prng = Prng::new(SEED);
    let directory = directory(&mut prng, options.users);
    let mut state = ClusterState {
        settings: Settings::new(options.token_mode),
        directory,
        groups: Groups::default(),
        roles: roles::roles(),
        providers: providers::providers(),
        entra: entra::entra(),
        policy: PasswordPolicy::sampled(),
        pim: repository(options.pim),
        tokens: Tokens::default(),
        log_levels: Api::ALL
            .into_iter()
            .map(|api| (api, api.first_log_level().to_owned()))
            .collect(),
        prng,
    };
    add_groups_and_links(&mut state);
    state
}

/// The seeded users. The generated users come last, so that their number does not change the ids of the others.
fn directory(prng: &mut Prng, generated: u32) -> Directory {
    let mut users = accounts::demo_users(prng);
    users.extend(accounts::special_users(prng));
    users.extend((0..generated).map(|index| people::person(prng, index)));
    Directory::new(users)
}

/// Adds the groups with their members, the providers' mappers and the users' links. It has its own generator, so that
/// the number of users does not change the ids of groups and mappers, nor the reverse.
fn add_groups_and_links(state: &mut ClusterState) {
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
