//! Finding a person by an address, an alias, a user name or a name.

use std::collections::HashSet;

use gate::{Operation, OperationError};
use proofpoint::{DomainName, EmailAddress};
use protegrity::User;

use crate::{
    Error, Services,
    directory::{UserQuery, full_name},
    mail::{self, users::MailUsers},
};

/// How many users of each system are suggested.
const MAX_SUGGESTED: usize = 10;

/// How many rows of the cluster are looked through for an address.
const MAX_LOOKED_THROUGH: usize = 200;

/// The longest text that is looked for, in characters.
const MAX_TEXT: usize = 254;

/// What the caller may ask of each system.
#[derive(Clone)]
pub struct Systems {
    /// An operation that reads users of the cluster.
    pub cluster: Result<Operation, OperationError>,
    /// One that reads users of Proofpoint.
    pub mail: Result<Operation, OperationError>,
}

/// A user of Proofpoint, and the organisation that they are in.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// A domain of the organisation.
    pub organization: DomainName,
    /// The user.
    pub user: proofpoint::User,
}

/// What both systems have of a person; `None` where a system has no such user.
pub struct Person {
    /// The account of the cluster.
    pub account: Result<Option<User>, Error>,
    /// How many accounts of the cluster have the address.
    pub accounts: usize,
    /// The mailbox.
    pub mailbox: Result<Option<Mailbox>, Error>,
}

impl Person {
    /// The name on screen, as far as a system has one.
    pub fn name(&self) -> Option<String> {
        let account = self.account.as_ref().ok().and_then(Option::as_ref);
        let mailbox = self.mailbox.as_ref().ok().and_then(Option::as_ref);
        let names = [
            account.map(full_name),
            mailbox.map(|mailbox| mail::users::full_name(&mailbox.user)),
        ];
        names.into_iter().flatten().find(|name| !name.is_empty())
    }

    /// Whether neither system has them, and both were asked.
    pub fn is_unknown(&self) -> bool {
        matches!((&self.account, &self.mailbox), (Ok(None), Ok(None)))
    }
}

/// A person whom typed words may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The address, or the user name of an account without one: [`find`] finds the person by it.
    pub key: String,
    /// The name.
    pub name: String,
}

/// The person with this address, alias or user name. A person whom one system knows is looked for in the other by every
/// address that the first has of them.
pub async fn find(services: &Services, systems: &Systems, text: &str) -> Person {
    let text: String = text.trim().chars().take(MAX_TEXT).collect();
    let names = [text];
    let (account, mailbox) = futures::join!(
        account(services, systems, &names),
        mailbox(services, systems, &names)
    );
    let account = match (account, &mailbox) {
        (Ok(Accounts { first: None, .. }), Ok(Some(mailbox))) => {
            let addresses = addresses(&mailbox.user);
            self::account(services, systems, &addresses).await
        }
        (account, _) => account,
    };
    let mailbox = match (mailbox, &account) {
        (
            Ok(None),
            Ok(Accounts {
                first: Some(user), ..
            }),
        ) => {
            let email: Vec<_> = user.email.iter().cloned().collect();
            self::mailbox(services, systems, &email).await
        }
        (mailbox, _) => mailbox,
    };
    let accounts = account.as_ref().map_or(0, |accounts| accounts.count);
    Person {
        account: account.map(|accounts| accounts.first),
        accounts,
        mailbox,
    }
}

/// Every address of a user of Proofpoint.
pub(super) fn addresses(user: &proofpoint::User) -> Vec<String> {
    let aliases = user.alias_emails.iter().flatten();
    let all = [&user.primary_email].into_iter().chain(aliases);
    all.map(ToString::to_string).collect()
}

/// The accounts of the cluster that are meant.
struct Accounts {
    first: Option<User>,
    count: usize,
}

/// The accounts with one of these user names or addresses. The first is read whole: the list lacks roles and groups.
async fn account(services: &Services, systems: &Systems, names: &[String]) -> Result<Accounts, Error> {
    let operation = systems.cluster.as_ref().map_err(Clone::clone)?;
    let index = services.directory.index(operation, false).await?;
    let mut found: Vec<User> = Vec::new();
    let mut seen = HashSet::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        let query = UserQuery {
            text: name.clone(),
            take: MAX_LOOKED_THROUGH,
            ..UserQuery::default()
        };
        let with_address = index.search(&query).users.into_iter().filter(|user| {
            let email = user.email.as_deref().unwrap_or_default();
            email.eq_ignore_ascii_case(name)
        });
        for user in index.named(name).into_iter().chain(with_address) {
            if seen.insert(user.id.clone()) {
                found.push(user);
            }
        }
    }
    let first = match found.first() {
        Some(user) => Some(services.user(operation, &user.id).await?),
        None => None,
    };
    Ok(Accounts {
        first,
        count: found.len(),
    })
}

/// The mailbox with one of these addresses. It is looked for in the organisation of the address, and in the account's
/// own, which may have it as an alias.
async fn mailbox(
    services: &Services,
    systems: &Systems,
    addresses: &[String],
) -> Result<Option<Mailbox>, Error> {
    let operation = systems.mail.as_ref().map_err(Clone::clone)?;
    let addresses: Vec<EmailAddress> = addresses.iter().filter_map(|text| text.parse().ok()).collect();
    let mut organizations: Vec<DomainName> = Vec::new();
    for domain in addresses
        .iter()
        .filter_map(domain_of)
        .chain(own_domain(operation))
    {
        if !organizations.contains(&domain) {
            organizations.push(domain);
        }
    }
    for organization in organizations {
        let users = match services.mail.users(operation, &organization, false).await {
            // It is on no instance, or not shown to this account.
            Err(Error::NotFound(_)) => continue,
            users => users?,
        };
        if let Some(user) = addresses.iter().find_map(|address| users.by_address(address)) {
            return Ok(Some(Mailbox {
                organization,
                user: user.clone(),
            }));
        }
    }
    Ok(None)
}

fn domain_of(address: &EmailAddress) -> Option<DomainName> {
    let (_, domain) = address.as_str().rsplit_once('@')?;
    domain.parse().ok()
}

/// The domain of the account that the session is connected with.
fn own_domain(operation: &Operation) -> Option<DomainName> {
    let account = operation.principal().proofpoint.as_ref()?;
    account.domain.parse().ok()
}

/// People whose names or addresses hold all these words, from both systems; those that one system cannot say are left
/// out.
pub async fn suggest(services: &Services, systems: &Systems, words: &str) -> Vec<Suggestion> {
    let words: String = words.trim().chars().take(MAX_TEXT).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let (accounts, mailboxes) = futures::join!(
        suggested_accounts(services, systems, &words),
        suggested_mailboxes(services, systems, &words)
    );
    let mut suggestions = accounts.unwrap_or_default();
    let known: HashSet<String> = suggestions.iter().map(|one| one.key.to_lowercase()).collect();
    let others = mailboxes.unwrap_or_default().into_iter();
    suggestions.extend(others.filter(|one| !known.contains(&one.key.to_lowercase())));
    suggestions
}

async fn suggested_accounts(services: &Services, systems: &Systems, words: &str) -> Option<Vec<Suggestion>> {
    let operation = systems.cluster.as_ref().ok()?;
    let query = UserQuery {
        text: words.to_owned(),
        take: MAX_SUGGESTED,
        ..UserQuery::default()
    };
    let listing = services.directory.users(operation, &query).await.ok()?;
    let suggestion = |user: User| {
        let name = match full_name(&user) {
            name if name.is_empty() => user.username.clone(),
            name => name,
        };
        let key = user
            .email
            .filter(|email| !email.is_empty())
            .unwrap_or(user.username);
        Suggestion { key, name }
    };
    Some(listing.users.into_iter().map(suggestion).collect())
}

async fn suggested_mailboxes(services: &Services, systems: &Systems, words: &str) -> Option<Vec<Suggestion>> {
    let operation = systems.mail.as_ref().ok()?;
    let organization = own_domain(operation)?;
    let list = services.mail.users(operation, &organization, false).await.ok()?;
    let MailUsers { users, .. } = &*list;
    let matching = users.iter().zip(list.matching(words));
    let matching = matching.filter_map(|(user, is_meant)| is_meant.then_some(user));
    let suggestion = |user: &std::sync::Arc<proofpoint::User>| Suggestion {
        key: user.primary_email.to_string(),
        name: mail::users::full_name(user),
    };
    Some(matching.take(MAX_SUGGESTED).map(suggestion).collect())
}
