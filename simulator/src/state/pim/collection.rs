//! [`Collection`]: the objects of one kind with their uids.

use crate::refusal::Refusal;
use serde::{Serialize, Serializer};

/// A kind of object in the policy repository.
pub(crate) trait Object {
    /// The kind as error texts name it.
    const KIND: &'static str;

    /// The name, which no other object of the collection has.
    fn name(&self) -> &str;
}

/// An object with its uid, a decimal number as text: "1", "2" and so on (notes, section 3).
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry<T> {
    pub(crate) uid: String,
    #[serde(flatten)]
    pub(crate) object: T,
}

/// The objects of one kind in the order of their creation. No endpoint deletes one, so a uid is the position.
#[derive(Clone, Debug)]
pub(crate) struct Collection<T>(Vec<Entry<T>>);

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Collection<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, uid: &str) -> Option<&Entry<T>> {
        self.0.get(position(uid)?).filter(|entry| entry.uid == uid)
    }

    pub(crate) fn get_mut(&mut self, uid: &str) -> Option<&mut Entry<T>> {
        self.0.get_mut(position(uid)?).filter(|entry| entry.uid == uid)
    }

    /// Adds an object under the next uid, without a check of its name.
    pub(crate) fn push(&mut self, object: T) -> &Entry<T> {
        let uid = (self.0.len() + 1).to_string();
        self.0.push(Entry { uid, object });
        &self.0[self.0.len() - 1]
    }
}

fn position(uid: &str) -> Option<usize> {
    uid.parse::<usize>().ok()?.checked_sub(1)
}

impl<T: Object> Collection<T> {
    /// The object that a path names.
    pub(crate) fn find(&self, uid: &str) -> Result<&Entry<T>, Refusal> {
        self.get(uid).ok_or_else(|| missing::<T>(404, uid))
    }

    /// The object that a path names.
    pub(crate) fn find_mut(&mut self, uid: &str) -> Result<&mut T, Refusal> {
        let found = self.get_mut(uid).map(|entry| &mut entry.object);
        found.ok_or_else(|| missing::<T>(404, uid))
    }

    /// The object that a field of a body names.
    pub(crate) fn referenced(&self, uid: &str) -> Result<&Entry<T>, Refusal> {
        self.get(uid).ok_or_else(|| missing::<T>(400, uid))
    }

    /// The object of a name, in any case of letters.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Entry<T>> {
        let name = name.to_lowercase();
        self.iter()
            .find(|entry| entry.object.name().to_lowercase() == name)
    }

    /// Adds an object whose name is unused.
    pub(crate) fn create(&mut self, object: T) -> Result<&Entry<T>, Refusal> {
        if self.by_name(object.name()).is_some() {
            let text = format!("{} '{}' already exists", T::KIND, object.name());
            return Err(Refusal::detail(409, text));
        }
        Ok(self.push(object))
    }
}

/// The text of the product for an unknown application at a deployment (notes, section 2).
fn missing<T: Object>(status: u16, uid: &str) -> Refusal {
    Refusal::detail(status, format!("{} '{uid}' does not exist", T::KIND))
}

impl<T: Serialize> Serialize for Collection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
