//! The users of an organisation in memory. Proofpoint has neither paging nor search: one call reads them all.
//!
//! What an account may see is the account's, so a copy is shared by the sessions that are connected with the same one,
//! and by no other.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use gate::{Clock, GateError, Operation, VaultKey};
use jiff::Timestamp;
use parking_lot::Mutex;
use proofpoint::{DomainName, EmailAddress, User, UserType};
use tokio::sync::watch;

use crate::{
    Error,
    characters::folded,
    directory::{
        cache::{Cacheable, SharedCache},
        haystack::{Haystack, Searched},
    },
    mail::Calls,
};

/// The most lists that are kept.
const MAX_LISTS: usize = 64;

/// The most users of all lists that are kept beside the newest list.
const MAX_USERS: usize = 200_000;

/// The most filters of one list that are kept. There are as many as types of users, and Proofpoint could send many.
const MAX_FILTERS: usize = 32;

/// All users of an organisation, as one read returned them.
#[derive(Debug)]
pub struct MailUsers {
    /// The users by address.
    pub users: Vec<Arc<User>>,
    /// When Proofpoint was asked.
    pub as_of: Timestamp,
    texts: Haystack,
    made: Made,
}

/// A filter's name and value.
type FilterValue = (String, String);

/// What is made of the users when it is first asked for, and dropped with a change.
#[derive(Debug, Default)]
struct Made {
    /// Where the user of each further address is.
    aliases: OnceLock<HashMap<EmailAddress, usize>>,
    /// The types that occur.
    types: OnceLock<Vec<UserType>>,
    /// The places of the users in an order, by its name.
    orders: Mutex<HashMap<&'static str, Arc<[u32]>>>,
    /// For each user, whether the user passes a filter, by the filter.
    filters: Mutex<HashMap<FilterValue, Arc<[bool]>>>,
}

/// A change of one user.
pub(crate) enum UserChange {
    /// The user who had this address is like this.
    Is { before: EmailAddress, user: Box<User> },
    /// The user was deleted.
    Deleted(EmailAddress),
}

impl MailUsers {
    fn of(mut users: Vec<User>, as_of: Timestamp) -> Self {
        users.sort_by(|one, other| one.primary_email.cmp(&other.primary_email));
        let users: Vec<_> = users.into_iter().map(Arc::new).collect();
        Self {
            texts: Haystack::new(&users),
            users,
            as_of,
            made: Made::default(),
        }
    }

    /// The types that occur among the users.
    pub fn types(&self) -> &[UserType] {
        self.made.types.get_or_init(|| {
            let mut types: Vec<UserType> = Vec::new();
            for user_type in self.users.iter().filter_map(|user| user.user_type.as_ref()) {
                if !types.contains(user_type) {
                    types.push(user_type.clone());
                }
            }
            types
        })
    }

    /// The places of the users in the order of what `key` makes of each; those of one key stay in the order of their
    /// addresses. It is made once for each name.
    pub fn order<K: Ord>(&self, name: &'static str, key: impl Fn(&Arc<User>) -> K) -> Arc<[u32]> {
        if let Some(order) = self.made.orders.lock().get(name) {
            return Arc::clone(order);
        }
        // Without the lock: two requests may make it, and neither waits for the other's.
        let mut order: Vec<u32> = (0..).take(self.users.len()).collect();
        order.sort_by_cached_key(|place| key(&self.users[*place as usize]));
        let order: Arc<[u32]> = order.into();
        self.made.orders.lock().insert(name, Arc::clone(&order));
        order
    }

    /// For each user, whether the user passes this filter with this value. A filter is kept from its first use: to look
    /// at every user takes longer than to search them.
    pub fn passing(&self, filter: &str, value: &str, passes: impl Fn(&Arc<User>) -> bool) -> Arc<[bool]> {
        let name = (filter.to_owned(), value.to_owned());
        if let Some(passing) = self.made.filters.lock().get(&name) {
            return Arc::clone(passing);
        }
        // Without the lock, as for an order.
        let passing: Arc<[bool]> = self.users.iter().map(passes).collect();
        let mut filters = self.made.filters.lock();
        if filters.len() < MAX_FILTERS {
            filters.insert(name, Arc::clone(&passing));
        }
        passing
    }

    /// The user who has this address, as the primary one or as a further one, in any case.
    pub fn by_address(&self, address: &EmailAddress) -> Option<&User> {
        let place = self.place(address);
        let place = place.or_else(|| self.aliases().get(address).copied());
        self.users.get(place?).map(|user| &**user)
    }

    /// For each user, whether all these words occur in the names or in one of the addresses.
    pub fn matching(&self, words: &str) -> Vec<bool> {
        let words = folded(words);
        let words: Vec<&str> = words.split_whitespace().collect();
        self.texts.fitting(&words, None)
    }

    /// Where the user of this primary address is.
    fn place(&self, address: &EmailAddress) -> Option<usize> {
        let found = self
            .users
            .binary_search_by(|user| user.primary_email.cmp(address));
        found.ok()
    }

    fn aliases(&self) -> &HashMap<EmailAddress, usize> {
        self.made.aliases.get_or_init(|| {
            let mut aliases = HashMap::new();
            for (place, user) in self.users.iter().enumerate() {
                for alias in user.alias_emails.iter().flatten() {
                    aliases.entry(alias.clone()).or_insert(place);
                }
            }
            aliases
        })
    }

    fn without(&self, place: usize) -> Self {
        let mut users = self.users.clone();
        users.remove(place);
        let texts = self.texts.moved(&users, place);
        self.changed(users, texts)
    }

    /// With this user in the place of the one who is at `old`.
    fn with(&self, old: Option<usize>, user: &User) -> Self {
        let mut users = self.users.clone();
        if let Some(old) = old {
            users.remove(old);
        }
        let new = users.partition_point(|other| other.primary_email < user.primary_email);
        users.insert(new, Arc::new(user.clone()));
        let texts = if old == Some(new) {
            self.texts.with(&users, new)
        } else {
            self.texts.moved(&users, old.map_or(new, |old| old.min(new)))
        };
        self.changed(users, texts)
    }

    fn changed(&self, users: Vec<Arc<User>>, texts: Haystack) -> Self {
        Self {
            users,
            texts,
            as_of: self.as_of,
            made: Made::default(),
        }
    }
}

/// A user is searched for by the names and all addresses.
impl Searched for User {
    fn push_folded(&self, text: &mut String) {
        let names = [&self.first_name, &self.last_name].into_iter().flatten();
        let addresses = [&self.primary_email]
            .into_iter()
            .chain(self.alias_emails.iter().flatten());
        let texts: Vec<&str> = names
            .map(String::as_str)
            .chain(addresses.map(EmailAddress::as_str))
            .collect();
        text.push_str(&folded(&texts.join("\n")));
    }

    fn is_open(&self) -> bool {
        self.is_active != Some(false)
    }
}

/// Where a list is read.
pub(crate) struct UsersOf {
    calls: Arc<Calls>,
    organization: DomainName,
}

impl Cacheable for MailUsers {
    type Source = UsersOf;
    type Update = UserChange;
    type Error = Error;

    async fn load(
        source: &UsersOf,
        operation: &Operation,
        clock: &Clock,
        _progress: &watch::Sender<Option<usize>>,
    ) -> Result<Self, Error> {
        let organization = &source.organization;
        let asked_at = clock.now();
        let users = source
            .calls
            .read(operation, organization, |proofpoint| async move {
                proofpoint.users(organization).await
            })
            .await?;
        Ok(Self::of(users, asked_at))
    }

    async fn probe(source: &UsersOf, operation: &Operation) -> Result<(), Error> {
        let organization = &source.organization;
        let read = source
            .calls
            .read(operation, organization, |proofpoint| async move {
                proofpoint.organization(organization).await
            });
        read.await.map(drop)
    }

    fn loaded_at(&self) -> Timestamp {
        self.as_of
    }

    fn apply(&self, update: &UserChange) -> Option<Self> {
        match update {
            UserChange::Is { before, user } => {
                let place = self.place(before);
                if place.is_some_and(|place| *self.users[place] == **user) {
                    return None;
                }
                Some(self.with(place, user))
            }
            UserChange::Deleted(address) => self.place(address).map(|place| self.without(place)),
        }
    }
}

/// The lists of all accounts.
pub(crate) struct UserLists {
    calls: Arc<Calls>,
    clock: Clock,
    lists: Mutex<HashMap<ListKey, Kept>>,
}

/// Whose list, and of which organisation.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ListKey {
    account: AccountKey,
    organization: DomainName,
}

/// The account that a session is connected with.
#[derive(Clone, PartialEq, Eq, Hash)]
enum AccountKey {
    Address(EmailAddress),
    /// Proofpoint gave no address: no other session can be known to have the same one.
    Session(VaultKey),
}

struct Kept {
    list: Arc<SharedCache<MailUsers>>,
    used_at: Timestamp,
}

impl UserLists {
    pub fn new(calls: Arc<Calls>, clock: Clock) -> Self {
        Self {
            calls,
            clock,
            lists: Mutex::default(),
        }
    }

    /// The users of an organisation for this session.
    pub async fn get(
        &self,
        operation: &Operation,
        organization: &DomainName,
        refresh: bool,
    ) -> Result<Arc<MailUsers>, Error> {
        let Some(account) = account_of(operation) else {
            return Ok(operation.in_context(Err(GateError::NotConnected))?);
        };
        let list = self.list(ListKey {
            account,
            organization: organization.clone(),
        });
        list.get(operation, refresh).await
    }

    /// Makes every list agree with a change of a user of this organisation.
    pub fn apply(&self, organization: &DomainName, update: impl Fn() -> UserChange) {
        for (key, kept) in self.lists.lock().iter() {
            if key.organization == *organization {
                kept.list.apply(update());
            } else {
                // The same organisation may have been read by another of its domains.
                kept.apply_to_known(update());
            }
        }
    }

    pub fn sweep(&self) {
        let mut lists = self.lists.lock();
        for kept in lists.values() {
            kept.list.sweep();
        }
        lists.retain(|_, kept| !kept.list.is_idle());
    }

    fn list(&self, key: ListKey) -> Arc<SharedCache<MailUsers>> {
        let now = self.clock.now();
        let mut lists = self.lists.lock();
        if let Some(kept) = lists.get_mut(&key) {
            kept.used_at = now;
            return Arc::clone(&kept.list);
        }
        make_room(&mut lists);
        let source = UsersOf {
            calls: Arc::clone(&self.calls),
            organization: key.organization.clone(),
        };
        let list = Arc::new(SharedCache::new(source, self.clock.clone()));
        let kept = Kept {
            list: Arc::clone(&list),
            used_at: now,
        };
        lists.insert(key, kept);
        list
    }
}

impl Kept {
    fn users(&self) -> usize {
        self.list.copy().map_or(0, |copy| copy.users.len())
    }

    /// Applies a change where the list has the user.
    fn apply_to_known(&self, update: UserChange) {
        let (UserChange::Is { before, .. } | UserChange::Deleted(before)) = &update;
        if self.list.copy().is_some_and(|copy| copy.place(before).is_some()) {
            self.list.apply(update);
        }
    }
}

/// Drops the lists that were not used for longest, until another one has room.
fn make_room(lists: &mut HashMap<ListKey, Kept>) {
    while lists.len() >= MAX_LISTS || lists.values().map(Kept::users).sum::<usize>() > MAX_USERS {
        let oldest = lists.iter().min_by_key(|(_, kept)| kept.used_at);
        let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        lists.remove(&oldest);
    }
}

fn account_of(operation: &Operation) -> Option<AccountKey> {
    let principal = operation.principal();
    let account = principal.proofpoint.as_ref()?;
    Some(if account.email.is_empty() {
        AccountKey::Session(principal.session_key())
    } else {
        AccountKey::Address(EmailAddress::from(account.email.clone()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn user(address: &str, aliases: &[&str]) -> User {
        serde_json::from_value(json!({
            "primary_email": address, "firstname": "Zoë", "surname": "Åberg", "alias_emails": aliases,
        }))
        .expect("a user")
    }

    fn users() -> MailUsers {
        let list = vec![
            user("Bo@example.com", &["Boss@example.com"]),
            user("ana@example.com", &[]),
        ];
        MailUsers::of(list, Timestamp::UNIX_EPOCH)
    }

    fn address(text: &str) -> EmailAddress {
        text.parse().expect("an address")
    }

    fn addresses(users: &MailUsers) -> Vec<&str> {
        users
            .users
            .iter()
            .map(|user| user.primary_email.as_str())
            .collect()
    }

    #[test]
    fn a_user_is_found_by_any_address_in_any_case() {
        let users = users();
        assert_eq!(addresses(&users), ["ana@example.com", "Bo@example.com"]);
        for found in ["bo@example.com", "BOSS@example.com"] {
            let user = users.by_address(&address(found)).expect("a user");
            assert_eq!(user.primary_email, address("bo@example.com"), "{found}");
        }
        assert!(users.by_address(&address("nobody@example.com")).is_none());
    }

    #[test]
    fn every_word_has_to_occur_in_a_name_or_an_address() {
        let check =
            |words: &str, expected: [bool; 2]| assert_eq!(users().matching(words), expected, "{words:?}");
        check("", [true, true]);
        check("ÅBERG", [true, true]);
        check("boss zoë", [false, true]);
        check("ana example", [true, false]);
        check("åbergana", [false, false]);
        check("ana boss", [false, false]);
    }

    #[test]
    fn fifty_thousand_users_are_searched_in_the_text_that_was_made_ready() {
        let all = (0..50_000).map(|n| {
            user(
                &format!("user{n}@example.com"),
                &[&format!("alias{n}@example.org")],
            )
        });
        let users = MailUsers::of(all.collect(), Timestamp::UNIX_EPOCH);
        let count = |words: &str| {
            users
                .matching(words)
                .into_iter()
                .filter(|matches| *matches)
                .count()
        };
        assert_eq!(count("ALIAS49999@"), 1);
        assert_eq!(count("user4999 example.org"), 11);
        assert_eq!(count("zoë"), 50_000);
    }

    #[test]
    fn an_order_is_made_once_and_anew_after_a_change() {
        let list = users();
        let made = std::cell::Cell::new(0);
        let order = |list: &MailUsers| {
            let by_length = |user: &Arc<User>| {
                made.set(made.get() + 1);
                user.primary_email.as_str().len()
            };
            list.order("length", by_length).to_vec()
        };
        assert_eq!((order(&list), order(&list)), (vec![1, 0], vec![1, 0]));
        assert_eq!(made.get(), 2, "two users, once");
        let change = UserChange::Is {
            before: address("a@example.com"),
            user: Box::new(user("a@example.com", &[])),
        };
        let changed = list.apply(&change).expect("a change");
        assert_eq!(order(&changed), [0, 2, 1]);
    }

    #[test]
    fn a_filter_is_made_once_and_anew_after_a_change_and_not_too_many_are_kept() {
        let list = users();
        let made = std::cell::Cell::new(0);
        let passing = |list: &MailUsers, letter: &str| {
            let begins = |user: &Arc<User>| {
                made.set(made.get() + 1);
                user.primary_email.as_str().starts_with(letter)
            };
            list.passing("letter", letter, begins).to_vec()
        };
        for _ in 0..2 {
            assert_eq!(passing(&list, "a"), [true, false]);
        }
        assert_eq!(made.get(), 2, "two users, once");
        assert_eq!(passing(&list, "B"), [false, true]);
        let changed = list.apply(&UserChange::Deleted(address("ana@example.com")));
        assert_eq!(passing(&changed.expect("a change"), "a"), [false]);
        for value in 0..2 * MAX_FILTERS {
            assert_eq!(passing(&list, &value.to_string()), [false, false]);
        }
        assert_eq!(list.made.filters.lock().len(), MAX_FILTERS);
    }

    #[test]
    fn a_change_is_applied_to_the_list() {
        let is = |before: &str, user: User| UserChange::Is {
            before: address(before),
            user: Box::new(user),
        };
        let users = users();
        assert!(
            users
                .apply(&is("ANA@example.com", user("ana@example.com", &[])))
                .is_none()
        );
        let renamed = users
            .apply(&is(
                "ana@example.com",
                user("zoe@example.com", &["ana@example.com"]),
            ))
            .expect("a change");
        assert_eq!(addresses(&renamed), ["Bo@example.com", "zoe@example.com"]);
        assert!(renamed.by_address(&address("ana@example.com")).is_some());
        assert_eq!(renamed.matching("zoe@"), [false, true]);
        let added = users
            .apply(&is("ann@example.com", user("ann@example.com", &[])))
            .expect("a change");
        assert_eq!(
            addresses(&added),
            ["ana@example.com", "ann@example.com", "Bo@example.com"]
        );
        let deleted = users.apply(&UserChange::Deleted(address("bo@example.com")));
        let deleted = deleted.expect("a change");
        assert!(deleted.by_address(&address("boss@example.com")).is_none());
        assert!(
            deleted
                .apply(&UserChange::Deleted(address("bo@example.com")))
                .is_none()
        );
    }

    proptest! {
        #[test]
        fn changes_leave_what_a_read_returns(changes in prop::collection::vec(("[a-d]", "[a-d]", any::<bool>()), 0..12)) {
            let mut list = MailUsers::of(Vec::new(), Timestamp::UNIX_EPOCH);
            let mut expected = std::collections::BTreeMap::new();
            for (name, alias, is_there) in changes {
                let (address, alias) = (address(&format!("{name}@example.com")), format!("{alias}@a.example"));
                let change = if is_there {
                    let user = user(address.as_str(), &[&alias]);
                    expected.insert(address.clone(), user.clone());
                    UserChange::Is { before: address, user: Box::new(user) }
                } else {
                    expected.remove(&address);
                    UserChange::Deleted(address)
                };
                list = list.apply(&change).unwrap_or(list);
            }
            let read = MailUsers::of(expected.into_values().collect(), Timestamp::UNIX_EPOCH);
            prop_assert_eq!(&list.users, &read.users);
            prop_assert_eq!(&list.texts, &read.texts);
            prop_assert_eq!(list.aliases(), read.aliases());
        }
    }
}
