//! The safe and the blocked senders of an organisation and of a user: single entries are added and removed, so that
//! those of others stay.

use gate::{Operation, Target};
use proofpoint::{DomainName, EmailAddress, SenderEntry, SenderKind, SenderListOwner, SenderLists};

use super::{
    users::{self, Changed},
    write::locked,
};
use crate::{Error, Services, locks::KeyedGuard, read_back::settled, validation::Validation};

/// The most entries that one form adds.
const MAX_ADDED: usize = 100;

/// Whose lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendersOf {
    /// Those that count for every user of the organisation.
    Organization,
    /// A user's own.
    User(EmailAddress),
}

/// What is done to the entries of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Add,
    Remove,
}

/// One of the two lists.
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

/// Both lists as they are now.
///
/// # Errors
/// Proofpoint's error.
pub async fn read(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    of: &SendersOf,
) -> Result<SenderLists, Error> {
    let read = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.sender_lists(organization, of.owner()).await
        });
    read.await
}

/// Adds the entries of a form, one a line, to a list.
///
/// # Errors
/// At the field `entries`, or Proofpoint's error.
pub async fn add(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    of: &SendersOf,
    list: SenderList,
    text: &str,
) -> Result<Changed, Error> {
    let entries = read_entries(text)?;
    change(services, operation, organization, of, list, Way::Add, &entries).await
}

/// Removes one entry from a list.
///
/// # Errors
/// Proofpoint's error.
pub async fn remove(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    of: &SendersOf,
    list: SenderList,
    entry: &SenderEntry,
) -> Result<Changed, Error> {
    let entries = std::slice::from_ref(entry);
    change(services, operation, organization, of, list, Way::Remove, entries).await
}

impl SendersOf {
    const fn owner(&self) -> SenderListOwner<'_> {
        match self {
            Self::Organization => SenderListOwner::Organization,
            Self::User(address) => SenderListOwner::User(address),
        }
    }

    /// Keeps other changes of the owner out. A user who is named by an alias is then named by the primary address.
    async fn locked(
        &self,
        services: &Services,
        operation: &Operation,
        organization: &DomainName,
    ) -> Result<LockedOwner, Error> {
        Ok(match self {
            Self::Organization => {
                let locked = locked(services, operation, organization).await?;
                LockedOwner {
                    of: Self::Organization,
                    target: Target::of("mail_organization", &locked.primary),
                    organization: locked.primary,
                    _lock: locked.lock,
                }
            }
            Self::User(address) => {
                let lock = users::lock(services, address).await;
                let user = users::read(services, operation, organization, address)
                    .await?
                    .user;
                LockedOwner {
                    target: users::target(&user),
                    of: Self::User(user.primary_email),
                    organization: organization.clone(),
                    _lock: lock,
                }
            }
        })
    }
}

/// The owner of lists that are being changed.
struct LockedOwner {
    of: SendersOf,
    target: Target,
    organization: DomainName,
    _lock: KeyedGuard,
}

/// Sends what of these entries is not as it is wanted, and reads the list back.
async fn change(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    of: &SendersOf,
    list: SenderList,
    way: Way,
    entries: &[SenderEntry],
) -> Result<Changed, Error> {
    let LockedOwner {
        of,
        target,
        organization,
        _lock,
    } = of.locked(services, operation, organization).await?;
    let organization = &organization;
    let now = read(services, operation, organization, &of).await?;
    let sent = match way {
        Way::Add => {
            let missing = entries.iter().filter(|entry| !holds(list.of(&now), entry));
            missing.cloned().collect::<Vec<_>>()
        }
        // As Proofpoint writes them.
        Way::Remove => {
            let held = list.of(&now).iter().filter(|held| holds(entries, held));
            held.cloned().collect()
        }
    };
    if sent.is_empty() {
        return Ok(Changed {
            was_so_already: true,
            notice: None,
        });
    }
    let (sent, owner) = (&list.with(sent), of.owner());
    let written = services
        .mail
        .perform(&operation.on(target), organization, |proofpoint| async move {
            match way {
                Way::Add => proofpoint.add_senders(organization, owner, sent).await,
                Way::Remove => proofpoint.remove_senders(organization, owner, sent).await,
            }
        })
        .await;
    let is_as_sent = |now: &SenderLists| {
        let mut sent = list.of(sent).iter();
        sent.all(|entry| holds(list.of(now), entry) == (way == Way::Add))
    };
    settled(written, || async {
        let now = read(services, operation, organization, &of).await.ok()?;
        is_as_sent(&now).then_some(())
    })
    .await?;
    // The copy of a user follows.
    let copy = async {
        if let SendersOf::User(address) = &of {
            users::find(services, operation, organization, address).await.ok();
        }
    };
    let (now, ()) = futures::join!(read(services, operation, organization, &of), copy);
    let notice = match now {
        Ok(now) if is_as_sent(&now) => None,
        Ok(_) => Some("Proofpoint reported success, but the list does not show it yet.".to_owned()),
        Err(error) => Some(users::unread(&error)),
    };
    Ok(Changed {
        was_so_already: false,
        notice,
    })
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
