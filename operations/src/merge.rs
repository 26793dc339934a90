//! What a form with tick boxes changes, put together with what others changed meanwhile.

/// What there is to be: what there is now, without what was unticked, and with what was ticked anew.
///
/// `shown` is what was held when the form was made. Only the difference between it and what is ticked is
/// the person's own doing; what came or went meanwhile stays as it is, and so does what was not shown.
pub fn merged(now: &[String], shown: &[String], ticked: &[String]) -> Vec<String> {
    let stays = |name: &&String| !shown.contains(name) || ticked.contains(name);
    let mut wanted: Vec<String> = now.iter().filter(stays).cloned().collect();
    for name in ticked.iter().filter(|name| !shown.contains(name)) {
        if !wanted.contains(name) {
            wanted.push(name.clone());
        }
    }
    wanted
}

/// How what was read back differs from what was sent, in sentences; nothing when it does not.
///
/// Whether the cluster replaces its lists by what it is sent or adds to them is not documented (notes on
/// the reference, row 36).
pub fn difference<W: AsRef<str>, N: AsRef<str>>(what: &str, wanted: &[W], now: &[N]) -> Option<String> {
    let kept = only(now, wanted);
    let refused = only(wanted, now);
    let sentence = |before: &str, names: &[&str]| {
        (!names.is_empty()).then(|| format!("{before} {what}: {}.", listed(names)))
    };
    let sentences = [
        sentence("The cluster kept", &kept),
        sentence("The cluster did not take", &refused),
    ];
    let said: Vec<_> = sentences.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The first names without the second ones.
fn only<'a, A: AsRef<str>, B: AsRef<str>>(first: &'a [A], second: &[B]) -> Vec<&'a str> {
    let is_missing = |name: &&str| second.iter().all(|other| other.as_ref() != *name);
    first.iter().map(AsRef::as_ref).filter(is_missing).collect()
}

/// The first few names, and how many more there are.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 10;
    let shown: Vec<_> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn what_others_changed_meanwhile_stays() {
        let check = |now: &str, shown: &str, ticked: &str, expected: &str| {
            assert_eq!(
                merged(&names(now), &names(shown), &names(ticked)),
                names(expected),
                "{now}"
            );
        };
        check("a b", "a b", "a c", "a c");
        check("a b new", "a b", "a", "a new");
        check("a", "a gone", "a gone", "a");
        check("not-shown a", "a", "", "not-shown");
    }

    #[test]
    fn what_the_cluster_made_of_it_is_said() {
        assert_eq!(difference("the members", &["a"], &["a"]), None);
        assert_eq!(
            difference("the members", &["a", "new"], &["a", "x"]).as_deref(),
            Some("The cluster kept the members: x. The cluster did not take the members: new.")
        );
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(&["a", "b"]), "a, b");
        let many: Vec<_> = (0..12).map(|at| at.to_string()).collect();
        assert!(listed(&many).ends_with("9 and 2 more"), "{}", listed(&many));
    }

    proptest! {
        #[test]
        fn where_nothing_changed_meanwhile_it_is_what_is_ticked(
            now in proptest::collection::btree_set("[a-f]", 0..6),
            ticked in proptest::collection::btree_set("[a-f]", 0..6),
        ) {
            let now: Vec<_> = now.into_iter().collect();
            let wanted = merged(&now, &now, &ticked.iter().cloned().collect::<Vec<_>>());
            prop_assert_eq!(wanted.into_iter().collect::<BTreeSet<_>>(), ticked);
        }

        #[test]
        fn who_changes_nothing_changes_nothing(
            now in proptest::collection::btree_set("[a-f]", 0..6),
            shown in proptest::collection::btree_set("[a-f]", 0..6),
        ) {
            let now: Vec<_> = now.into_iter().collect();
            let shown: Vec<_> = shown.into_iter().collect();
            prop_assert_eq!(merged(&now, &shown, &shown), now);
        }

        #[test]
        fn no_name_is_there_twice(
            now in proptest::collection::btree_set("[a-f]", 0..6),
            shown in proptest::collection::btree_set("[a-f]", 0..6),
            ticked in proptest::collection::btree_set("[a-f]", 0..6),
        ) {
            let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>();
            let wanted = merged(&list(now), &list(shown), &list(ticked));
            prop_assert_eq!(wanted.iter().collect::<BTreeSet<_>>().len(), wanted.len());
        }
    }
}
