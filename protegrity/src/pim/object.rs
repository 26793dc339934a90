//! What all objects with a name have in common, and finding one by it where the answer of its creation did not give
//! its uid (notes section 4).

use super::{Alphabet, Application, DataElement, DataStore, Mask, Member, Policy, Role, Source};

/// An object of policy management with a name that no other of its kind has.
pub trait Object {
    /// Empty where the cluster left it out.
    fn uid(&self) -> &str;

    /// Empty where the cluster left it out.
    fn name(&self) -> &str;
}

macro_rules! objects {
    ($($type:ident . $name:ident),+ $(,)?) => {
        $(impl Object for $type {
            fn uid(&self) -> &str {
                self.uid.as_str()
            }

            fn name(&self) -> &str {
                &self.$name
            }
        })+
    };
}

objects! {
    Alphabet.label,
    Application.name,
    DataElement.name,
    DataStore.name,
    Mask.name,
    Member.name,
    Policy.name,
    Role.name,
    Source.name,
}

/// The row of this name: as it is written, else in another spelling, like the vendor's client does. Nothing where
/// several rows could be meant.
pub fn find_named<'a, T: Object>(rows: &'a [T], name: &str) -> Option<&'a T> {
    let exact = only(rows.iter().filter(|row| row.name() == name));
    let lower = name.to_lowercase();
    exact.or_else(|| only(rows.iter().filter(|row| row.name().to_lowercase() == lower)))
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    match found.next() {
        None => Some(first),
        Some(_) => None,
    }
}
