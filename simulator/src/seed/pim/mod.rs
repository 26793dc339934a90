//! The seeded policy repository of a company that protects the data of its customers.

mod data_elements;
mod generated;
mod policies;
mod roles;
mod stores;

pub(crate) use generated::add_objects;

use crate::{
    Pim,
    state::pim::{Collection, Object, Operations, Repository, Rights},
};

/// The repository that a reset restores; `None` when it is not initialized.
pub(crate) fn repository(pim: Pim) -> Option<Repository> {
    match pim {
        Pim::Empty => None,
        Pim::Seeded => Some(seeded()),
    }
}

/// In the order of the references: each step names objects of the steps before.
fn seeded() -> Repository {
    let mut pim = Repository::default();
    roles::add(&mut pim);
    data_elements::add(&mut pim);
    policies::add(&mut pim);
    stores::add(&mut pim);
    pim
}

/// The uid of a seeded object.
fn uid<T: Object>(objects: &Collection<T>, name: &str) -> String {
    objects
        .by_name(name)
        .map(|entry| entry.uid.clone())
        .unwrap_or_default()
}

/// Rights with the operations of these letters: `p` for protect, `r` for reprotect, `u` for unprotect.
fn rights(letters: &str) -> Rights {
    Rights {
        access: Operations {
            protect: letters.contains('p'),
            re_protect: letters.contains('r'),
            un_protect: letters.contains('u'),
        },
        audit: None,
    }
}
