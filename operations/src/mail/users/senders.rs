//! The safe and the blocked senders of a user: single entries are added and removed, so that those of others stay.

use gate::Operation;
use proofpoint::{DomainName, EmailAddress, SenderEntry, SenderKind, SenderListOwner, SenderLists, User};

use super::account::{self, Changed};
use crate::{Error, Services, read_back::settled, validation::Validation};

/// The most entries that one form adds.
const MAX_ADDED: usize = 100;

/// One of the two lists of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderList {
    /// Senders that are let in.
    Safe,
    /// Senders that are kept out.
    Blocked,
}

impl SenderList {
    /// The name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Blocked => "blocked",
        }
    }

    /// The list of this name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn named(name: &str) -> Result<Self, Error> {
        let mut lists = [Self::Safe, Self::Blocked].into_iter();
        let list = lists.find(|list| list.name() == name);
        list.ok_or_else(|| Error::at("entries", "There is no such list."))
    }

    fn of(self, lists: &SenderLists) -> &[SenderEntry] {
        let list = match self {
            Self::Safe => &lists.allow,
            Self::Blocked => &lists.block,
        };
        list.as_deref().unwrap_or_default()
    }

    fn with(self, entries: Vec<SenderEntry>) -> SenderLists {
        match self {
            Self::Safe => SenderLists {
                allow: Some(entries),
                block: None,
            },
            Self::Blocked => SenderLists {
                allow: None,
                block: Some(entries),
            },
        }
    }
}

/// Adds the entries of a form, one a line, to a list of a user.
///
/// # Errors
/// At the field `entries`, or Proofpoint's error.
pub async fn add_senders(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    list: SenderList,
    text: &str,
) -> Result<Changed, Error> {
    let entries = read_entries(text)?;
    let _lock = account::lock(services, address).await;
    let user = account::read(services, operation, organization, address)
        .await?
        .user;
    let now = lists(services, operation, organization, &user).await?;
    let missing: Vec<_> = entries
        .into_iter()
        .filter(|entry| !holds(list.of(&now), entry))
        .collect();
    if missing.is_empty() {
        return Ok(Changed {
            was_so_already: true,
            notice: None,
        });
    }
    let sent = &list.with(missing);
    let address = &user.primary_email;
    let added = services
        .mail
        .perform(
            &operation.on(account::target(&user)),
            organization,
            |proofpoint| async move {
                proofpoint
                    .add_senders(organization, SenderListOwner::User(address), sent)
                    .await
            },
        )
        .await;
    let has_all = |now: &SenderLists| list.of(sent).iter().all(|entry| holds(list.of(now), entry));
    settled(added, || async {
        let now = lists(services, operation, organization, &user).await.ok()?;
        has_all(&now).then_some(())
    })
    .await?;
    Ok(read_back(services, operation, organization, &user, has_all).await)
}

/// Removes one entry from a list of a user.
///
/// # Errors
/// Proofpoint's error.
pub async fn remove_sender(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    list: SenderList,
    entry: &SenderEntry,
) -> Result<Changed, Error> {
    let _lock = account::lock(services, address).await;
    let user = account::read(services, operation, organization, address)
        .await?
        .user;
    let now = lists(services, operation, organization, &user).await?;
    // As Proofpoint writes it.
    let Some(entry) = list.of(&now).iter().find(|other| is_same(other, entry)) else {
        return Ok(Changed {
            was_so_already: true,
            notice: None,
        });
    };
    let sent = &list.with(vec![entry.clone()]);
    let address = &user.primary_email;
    let removed = services
        .mail
        .perform(
            &operation.on(account::target(&user)),
            organization,
            |proofpoint| async move {
                proofpoint
                    .remove_senders(organization, SenderListOwner::User(address), sent)
                    .await
            },
        )
        .await;
    let is_gone = |now: &SenderLists| !holds(list.of(now), entry);
    settled(removed, || async {
        let now = lists(services, operation, organization, &user).await.ok()?;
        is_gone(&now).then_some(())
    })
    .await?;
    Ok(read_back(services, operation, organization, &user, is_gone).await)
}

/// The lists of a user now.
async fn lists(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    user: &User,
) -> Result<SenderLists, Error> {
    let address = &user.primary_email;
    let read = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint
                .sender_lists(organization, SenderListOwner::User(address))
                .await
        });
    read.await
}

/// The outcome as the lists show it; the copy of the user follows.
async fn read_back(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    user: &User,
    is_as_sent: impl Fn(&SenderLists) -> bool,
) -> Changed {
    let (now, _) = futures::join!(
        lists(services, operation, organization, user),
        account::find(services, operation, organization, &user.primary_email),
    );
    let notice = match now {
        Ok(now) if is_as_sent(&now) => None,
        Ok(_) => Some("Proofpoint reported success, but the list does not show it yet.".to_owned()),
        Err(error) => Some(account::unread(&error)),
    };
    Changed {
        was_so_already: false,
        notice,
    }
}

fn read_entries(text: &str) -> Result<Vec<SenderEntry>, Error> {
    let mut validation = Validation::default();
    let entries: Vec<_> = validation
        .typed_names("entries", text, MAX_ADDED)
        .into_iter()
        .map(SenderEntry::from)
        .collect();
    validation.require(
        !entries.is_empty() || !validation.is_empty(),
        "entries",
        "Enter a sender.",
    );
    if let Some(entry) = entries.iter().find(|entry| entry.kind() == SenderKind::Other) {
        let message = format!(
            "{entry} is no sender. Enter an address, a domain, a server's IP address, a network or a pattern with *."
        );
        validation.add("entries", message);
    }
    validation.finish()?;
    Ok(entries)
}

fn holds(list: &[SenderEntry], entry: &SenderEntry) -> bool {
    list.iter().any(|other| is_same(other, entry))
}

fn is_same(one: &SenderEntry, other: &SenderEntry) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_typed_one_a_line() {
        let entries = read_entries("a@x.com\n*@y.com, 192.0.2.0/24\r\na@x.com").expect("senders");
        let entries: Vec<_> = entries.iter().map(SenderEntry::as_str).collect();
        assert_eq!(entries, ["a@x.com", "*@y.com", "192.0.2.0/24"]);
        for text in ["", " \n", "word", "a@x.com\nword"] {
            assert!(matches!(read_entries(text), Err(Error::Invalid(_))), "{text:?}");
        }
    }
}
