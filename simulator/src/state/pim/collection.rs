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

/// The objects of one kind in the order of their creation, and so of their uids. The uid of one that was deleted is not
/// given again.
#[derive(Clone, Debug)]
pub(crate) struct Collection<T> {
    entries: Vec<Entry<T>>,
    last: usize,
}

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            last: 0,
        }
    }
}

impl<T> Collection<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.entries.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, uid: &str) -> Option<&Entry<T>> {
        self.entries.get(self.position(uid)?)
    }

    pub(crate) fn get_mut(&mut self, uid: &str) -> Option<&mut Entry<T>> {
        let position = self.position(uid)?;
        self.entries.get_mut(position)
    }

    /// Adds an object under the next uid, without a check of its name.
    pub(crate) fn push(&mut self, object: T) -> &Entry<T> {
        self.last += 1;
        let uid = self.last.to_string();
        self.entries.push(Entry { uid, object });
        &self.entries[self.entries.len() - 1]
    }

    /// Deletes an object, if there is one of this uid.
    pub(crate) fn remove(&mut self, uid: &str) {
        self.entries.retain(|entry| entry.uid != uid);
    }

    fn position(&self, uid: &str) -> Option<usize> {
        let number = uid.parse::<usize>().ok()?;
        let number_of = |entry: &Entry<T>| entry.uid.parse::<usize>().unwrap_or_default();
        let position = self.entries.binary_search_by_key(&number, number_of).ok()?;
        (self.entries[position].uid == uid).then_some(position)
    }
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
        self.entries.serialize(serializer)
    }
}
