//! What is added to a set and what is removed from it.

use std::collections::BTreeSet;

/// The difference between a set and the one that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference<T: Ord> {
    /// Both sets are known.
    Known {
        /// In the second alone.
        added: BTreeSet<T>,
        /// In the first alone.
        removed: BTreeSet<T>,
    },
    /// The first set is not known. Nothing of the second can be said to be new or to stay.
    Unknown {
        /// The second set.
        after: BTreeSet<T>,
    },
}

impl<T: Ord + Clone> Difference<T> {
    /// The difference between two sets, the first of which may not be known.
    #[must_use]
    pub fn between(before: Option<&BTreeSet<T>>, after: &BTreeSet<T>) -> Self {
        match before {
            Some(before) => Self::Known {
                added: after.difference(before).cloned().collect(),
                removed: before.difference(after).cloned().collect(),
            },
            None => Self::Unknown { after: after.clone() },
        }
    }

    /// The second set, from the first.
    #[must_use]
    pub fn apply(&self, before: Option<&BTreeSet<T>>) -> BTreeSet<T> {
        match self {
            Self::Known { added, removed } => {
                let before = before.into_iter().flatten();
                let kept = before.filter(|one| !removed.contains(one));
                kept.chain(added).cloned().collect()
            }
            Self::Unknown { after } => after.clone(),
        }
    }

    /// Whether the sets are known to be the same.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::Known { added, removed } => added.is_empty() && removed.is_empty(),
            Self::Unknown { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_set, option, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn a_difference_leads_from_one_set_to_the_other(
            before in option::of(btree_set(0..9_u8, 0..9)),
            after in btree_set(0..9_u8, 0..9),
        ) {
            let difference = Difference::between(before.as_ref(), &after);
            prop_assert_eq!(difference.apply(before.as_ref()), after);
        }

        #[test]
        fn what_is_in_no_list_is_in_both_sets_or_in_neither(
            before in option::of(btree_set(0..9_u8, 0..9)),
            after in btree_set(0..9_u8, 0..9),
        ) {
            match Difference::between(before.as_ref(), &after) {
                Difference::Known { added, removed } => {
                    let before = before.expect("it is known");
                    for one in 0..9 {
                        if !added.contains(&one) && !removed.contains(&one) {
                            prop_assert_eq!(before.contains(&one), after.contains(&one));
                        }
                    }
                    prop_assert!(added.is_disjoint(&removed));
                }
                Difference::Unknown { .. } => prop_assert_eq!(before, None),
            }
        }

        #[test]
        fn no_difference_means_the_same_set(
            before in option::of(btree_set(0..4_u8, 0..4)),
            after in btree_set(0..4_u8, 0..4),
        ) {
            let is_none = Difference::between(before.as_ref(), &after).is_none();
            prop_assert_eq!(is_none, before == Some(after));
        }
    }
}
