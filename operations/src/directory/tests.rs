//! Paging, searching and sorting, without a cluster.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
};

use proptest::prelude::*;
use protegrity::{PAGE_SIZE, load_all};

use super::{cache::Cacheable, entry::Entry, *};

fn user(name: &str) -> User {
    user_with(name, true, None)
}

fn user_with(name: &str, enabled: bool, email: Option<&str>) -> User {
    serde_json::from_value(serde_json::json!({
        "id": format!("id-{name}"), "username": name, "enabled": enabled, "email": email,
        "firstName": name.split('.').next(), "lastName": name.split('.').nth(1),
    }))
    .expect("a user")
}

fn id(user: &User) -> UserId {
    user.id.clone()
}

/// A cluster of `total` users that gives at most `cap` a page.
async fn pages(total: u32, cap: u32) -> (usize, Vec<u32>) {
    let asked = RefCell::new(Vec::new());
    let fetch = |first: u32, max: u32| {
        asked.borrow_mut().push(first);
        let page = (first..total)
            .take(cap.min(max) as usize)
            .map(|n| user(&format!("u{n}")))
            .collect();
        std::future::ready(Ok(page))
    };
    let users = load_all(fetch, id, |user| user, |_| false)
        .await
        .expect("it answers");
    (users.len(), asked.into_inner())
}

#[tokio::test]
async fn row_28_pages_until_a_short_page() {
    for (total, cap, calls) in [
        (0, PAGE_SIZE, 1),
        (7, PAGE_SIZE, 1),
        (1000, PAGE_SIZE, 2),
        (2500, PAGE_SIZE, 3),
        (250, 100, 3),
    ] {
        let (found, asked) = pages(total, cap).await;
        assert_eq!(
            (found, asked.len()),
            (total as usize, calls),
            "{total} users, pages of {cap}"
        );
    }
}

#[tokio::test]
async fn a_cluster_that_ignores_first_is_not_asked_forever() {
    let calls = Cell::new(0);
    let fetch = |_, _| {
        calls.set(calls.get() + 1);
        std::future::ready(Ok((0..PAGE_SIZE).map(|n| user(&format!("u{n}"))).collect()))
    };
    assert_eq!(
        load_all(fetch, id, |user| user, |_| false)
            .await
            .expect("it answers")
            .len(),
        PAGE_SIZE as usize
    );
    assert_eq!(calls.get(), 2);
}

fn of(users: Vec<User>) -> Index {
    Index::new(
        users
            .into_iter()
            .map(|user| Arc::new(Entry::new(&user)))
            .collect(),
        Timestamp::UNIX_EPOCH,
    )
}

fn index() -> Index {
    let users = vec![
        user_with("maria.lindqvist", true, Some("maria@example.com")),
        user_with("bo.Åberg", false, None),
        user_with("ana.lopez", true, Some("zz@example.com")),
    ];
    of(users)
}

fn check(query: &UserQuery, expected: &[&str]) {
    let query = UserQuery {
        take: 10,
        ..query.clone()
    };
    let names: Vec<_> = index()
        .search(&query)
        .users
        .into_iter()
        .map(|user| user.username)
        .collect();
    assert_eq!(names, expected, "{query:?}");
}

#[test]
fn searches_every_word_in_every_field() {
    let text = |text: &str| UserQuery {
        text: text.to_owned(),
        ..UserQuery::default()
    };
    check(&text(""), &["ana.lopez", "bo.Åberg", "maria.lindqvist"]);
    check(&text("LIND example"), &["maria.lindqvist"]);
    check(&text("åberg"), &["bo.Åberg"]);
    check(&text("id-ana"), &["ana.lopez"]);
    check(&text("maria bo"), &[]);
}

#[test]
fn filters_and_sorts() {
    let by = |key, descending| UserQuery {
        sort: Sort { key, descending },
        ..UserQuery::default()
    };
    check(
        &UserQuery {
            enabled: Some(false),
            ..UserQuery::default()
        },
        &["bo.Åberg"],
    );
    check(
        &by(SortKey::UserName, true),
        &["maria.lindqvist", "bo.Åberg", "ana.lopez"],
    );
    check(
        &by(SortKey::Name, false),
        &["maria.lindqvist", "ana.lopez", "bo.Åberg"],
    );
    check(
        &by(SortKey::Email, false),
        &["maria.lindqvist", "ana.lopez", "bo.Åberg"],
    );
    check(
        &by(SortKey::State, false),
        &["bo.Åberg", "ana.lopez", "maria.lindqvist"],
    );
}

#[test]
fn behind_the_last_page_is_the_last_page() {
    let by_two = |skip| UserQuery {
        skip,
        take: 2,
        ..UserQuery::default()
    };
    for skip in [2, 4, usize::MAX] {
        let names: Vec<_> = index()
            .search(&by_two(skip))
            .users
            .into_iter()
            .map(|user| user.username)
            .collect();
        assert_eq!(names, ["maria.lindqvist"], "{skip}");
    }
}

#[test]
fn a_changed_user_is_found_as_it_is_now() {
    let index = index()
        .with(&user_with("ana.lopez", false, None))
        .with(&user("new.one"));
    let query = UserQuery {
        take: 10,
        ..UserQuery::default()
    };
    let found = index.search(&query);
    assert_eq!(found.total, 4);
    assert_eq!(
        found
            .users
            .iter()
            .find(|user| user.username == "ana.lopez")
            .and_then(|user| user.enabled),
        Some(false)
    );
}

proptest! {
    /// Pages put side by side are the whole list, each user once.
    #[test]
    fn pages_partition_the_list(count in 0_usize..60, take in 1_usize..20, descending: bool) {
        let index = of((0..count).map(|n| user(&format!("u{n}"))).collect());
        let query = |skip| UserQuery { sort: Sort { key: SortKey::UserName, descending }, skip, take, ..UserQuery::default() };
        let mut seen = HashSet::new();
        for skip in (0..count).step_by(take) {
            for user in index.search(&query(skip)).users {
                prop_assert!(seen.insert(user.username));
            }
        }
        prop_assert_eq!(seen.len(), count);
    }
}

proptest! {
    /// However users change or are deleted one after the other, the list is as if it had been loaded with them.
    #[test]
    fn applying_is_the_same_as_loading(changes in proptest::collection::vec((0_usize..6, any::<Option<bool>>(), 0_usize..3), 0..12)) {
        let mut users: Vec<User> = (0..4).map(|n| user(&format!("u{n}"))).collect();
        let mut index = of(users.clone());
        for key in [SortKey::UserName, SortKey::Email, SortKey::State] {
            index.search(&UserQuery { sort: Sort { key, descending: false }, take: 10, ..UserQuery::default() });
        }
        for (who, enabled, email) in changes {
            let Some(enabled) = enabled else {
                let deleted = user(&format!("u{who}")).id;
                index = index.apply(&UserUpdate::Deleted(deleted.clone())).unwrap_or(index);
                users.retain(|user| user.id != deleted);
                prop_assert!(index.user(&deleted).is_none());
                continue;
            };
            let changed = user_with(&format!("u{who}"), enabled, [None, Some("a@example.com"), Some("z@example.com")][email]);
            index = index.apply(&UserUpdate::Is(changed.clone())).unwrap_or(index);
            prop_assert!(index.agrees_with(&changed));
            prop_assert!(index.apply(&UserUpdate::Is(changed.clone())).is_none());
            match users.iter_mut().find(|user| user.id == changed.id) {
                Some(old) => *old = changed,
                None => users.push(changed),
            }
        }
        let loaded = of(users);
        for key in [SortKey::UserName, SortKey::Name, SortKey::Email, SortKey::State, SortKey::Created] {
            for (text, enabled) in [("", None), ("u", None), ("z@ u", None), ("", Some(false)), ("a@", Some(true))] {
                let sort = Sort { key, descending: false };
                let query = UserQuery { text: text.to_owned(), enabled, sort, take: 10, ..UserQuery::default() };
                prop_assert_eq!(index.search(&query).users, loaded.search(&query).users);
            }
        }
        for n in 0..6 {
            let id = user(&format!("u{n}")).id;
            prop_assert_eq!(index.user(&id), loaded.user(&id));
        }
    }
}

proptest! {
    /// A search finds the users of whom each word occurs in some field, and none by letters of two fields or two users.
    #[test]
    fn a_search_finds_what_reading_every_field_finds(
        people in proptest::collection::vec(("[abÅ]{1,3}", "[abÅ]{0,3}", any::<bool>()), 0..12),
        words in proptest::collection::vec("[aBå]{1,2}", 0..3),
        enabled: Option<bool>,
    ) {
        let people = people.into_iter().enumerate();
        let users = people.map(|(at, (first, last, enabled))| User {
            id: UserId::from(format!("{at}")),
            username: format!("{at}"),
            first_name: Some(first),
            last_name: Some(last),
            enabled: Some(enabled),
            ..User::default()
        });
        let users: Vec<User> = users.collect();
        let holds = |field: &Option<String>, word: &str| {
            field.as_ref().is_some_and(|field| field.to_lowercase().contains(&word.to_lowercase()))
        };
        let fits = |user: &&User| {
            (enabled.is_none() || user.enabled == enabled)
                && words.iter().all(|word| holds(&user.first_name, word) || holds(&user.last_name, word))
        };
        let expected: HashSet<_> = users.iter().filter(fits).map(|user| user.id.clone()).collect();
        let query = UserQuery { text: words.join(" "), enabled, take: 100, ..UserQuery::default() };
        let found = of(users).search(&query).users;
        prop_assert_eq!(found.into_iter().map(|user| user.id).collect::<HashSet<_>>(), expected);
    }
}

#[test]
fn a_whole_name_is_found_in_any_case() {
    let index = index();
    for (name, found) in [
        ("ana.lopez", true),
        ("ANA.Lopez", true),
        ("BO.ÅBERG", true),
        ("ana", false),
        ("ana.lopez2", false),
        ("", false),
    ] {
        assert_eq!(index.named(name).is_some(), found, "{name}");
    }
}

fn group(name: &str, members: &[&str]) -> Group {
    Group {
        id: format!("id-{name}").into(),
        name: name.to_owned(),
        members: Some(members.iter().map(|name| (*name).to_owned()).collect()),
        ..Group::default()
    }
}

fn groups() -> GroupListing {
    let groups = vec![
        group("zeta", &["ana", "bo"]),
        group("Alpha", &[]),
        group("beta", &["Ana"]),
    ];
    GroupListing::of(groups, Timestamp::UNIX_EPOCH)
}

fn check_groups(update: &GroupUpdate, expected: Option<&[(&str, &[&str])]>) {
    let after = groups().apply(update);
    let expected = expected.map(|groups| -> Vec<_> {
        groups
            .iter()
            .map(|(name, members)| group(name, members))
            .collect()
    });
    assert_eq!(after.map(|after| Vec::clone(&after.groups)), expected);
}

#[test]
fn groups_are_sorted_by_name_and_change_with_updates() {
    let as_loaded: &[(&str, &[&str])] = &[("Alpha", &[]), ("beta", &["Ana"]), ("zeta", &["ana", "bo"])];
    let names: Vec<_> = as_loaded
        .iter()
        .map(|(name, members)| group(name, members))
        .collect();
    assert_eq!(*groups().groups, names);
    check_groups(&GroupUpdate::Is(group("zeta", &["ana", "bo"])), None);
    check_groups(
        &GroupUpdate::Is(group("beta", &["dana"])),
        Some(&[("Alpha", &[]), ("beta", &["dana"]), ("zeta", &["ana", "bo"])]),
    );
    check_groups(
        &GroupUpdate::Is(group("Gamma", &[])),
        Some(&[
            ("Alpha", &[]),
            ("beta", &["Ana"]),
            ("Gamma", &[]),
            ("zeta", &["ana", "bo"]),
        ]),
    );
    check_groups(
        &GroupUpdate::Deleted("id-Alpha".into()),
        Some(&[("beta", &["Ana"]), ("zeta", &["ana", "bo"])]),
    );
    check_groups(&GroupUpdate::Deleted("id-none".into()), None);
    check_groups(
        &GroupUpdate::MemberDeleted("ANA".to_owned()),
        Some(&[("Alpha", &[]), ("beta", &[]), ("zeta", &["bo"])]),
    );
    check_groups(&GroupUpdate::MemberDeleted("chidi".to_owned()), None);
}
