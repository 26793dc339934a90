//! The sender lists of organisations, users and groups. `POST` adds, `PATCH` replaces, `DELETE` removes what the body
//! names.

use crate::proofpoint::{
    answer::{Reply, done, ok},
    body::Body,
    caller::{Access, Caller},
    failure::Failure,
    state::{SenderLists, is_sender},
};
use axum::{body::Bytes, extract::Path};

/// The owner of lists inside an organisation.
enum Owner<'a> {
    Organization,
    User(&'a str),
    Group(&'a str),
}

type OfOwner = Path<(String, String)>;

pub(super) async fn read(caller: Caller, Path(domain): Path<String>) -> Reply {
    show(&caller, &domain, &Owner::Organization)
}

pub(super) async fn read_of_user(caller: Caller, Path((domain, user)): OfOwner) -> Reply {
    show(&caller, &domain, &Owner::User(&user))
}

pub(super) async fn read_of_group(caller: Caller, Path((domain, group)): OfOwner) -> Reply {
    show(&caller, &domain, &Owner::Group(&group))
}

pub(super) async fn add(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Organization, &body, Change::Add)
}

pub(super) async fn add_to_user(caller: Caller, Path((domain, user)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::User(&user), &body, Change::Add)
}

pub(super) async fn add_to_group(caller: Caller, Path((domain, group)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Group(&group), &body, Change::Add)
}

pub(super) async fn replace(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Organization, &body, Change::Replace)
}

pub(super) async fn replace_of_user(caller: Caller, Path((domain, user)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::User(&user), &body, Change::Replace)
}

pub(super) async fn replace_of_group(caller: Caller, Path((domain, group)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Group(&group), &body, Change::Replace)
}

pub(super) async fn remove(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Organization, &body, Change::Remove)
}

pub(super) async fn remove_from_user(caller: Caller, Path((domain, user)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::User(&user), &body, Change::Remove)
}

pub(super) async fn remove_from_group(caller: Caller, Path((domain, group)): OfOwner, body: Bytes) -> Reply {
    change(&caller, &domain, &Owner::Group(&group), &body, Change::Remove)
}

fn show(caller: &Caller, domain: &str, owner: &Owner<'_>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(domain)?;
    let lists = match owner {
        Owner::Organization => Some(&organization.lists),
        Owner::User(email) => organization.users.get(email).map(|user| &user.lists),
        Owner::Group(key) => {
            let mut groups = organization.groups.iter();
            groups
                .find(|group| group.id == *key || group.name == *key)
                .map(|group| &group.lists)
        }
    };
    let lists = lists.ok_or_else(|| access.unknown(owner.name(domain)))?;
    Ok(ok(&access.state.settings, lists.json()))
}

/// What a call does with the lists of its body.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Replace,
    Remove,
}

fn change(caller: &Caller, domain: &str, owner: &Owner<'_>, body: &[u8], change: Change) -> Reply {
    let mut access = caller.writes()?;
    let unknown = access.unknown(owner.name(domain));
    let lists = lists_mut(&mut access, domain, owner)?.ok_or(unknown)?;
    let body = Body::read(body)?;
    let (allowed, blocked) = (body.texts("allow_list")?, body.texts("block_list")?);
    if allowed.is_none() && blocked.is_none() {
        return Err(Failure::invalid("body", "allow_list or block_list is required"));
    }
    let mut senders = allowed.iter().chain(&blocked).flatten();
    if let Some(sender) = senders.find(|sender| !is_sender(sender)) {
        return Err(Failure::invalid(sender, "is no sender"));
    }
    match change {
        Change::Replace => lists.replace(allowed, blocked),
        Change::Add => lists
            .add(&allowed.unwrap_or_default(), &blocked.unwrap_or_default())
            .map_err(|sender| Failure::exists(&sender))?,
        // The document lists this 404, so that it does not depend on the settings.
        Change::Remove => lists
            .remove(&allowed.unwrap_or_default(), &blocked.unwrap_or_default())
            .map_err(|sender| Failure::new(404, "not found, does not exist", sender))?,
    }
    Ok(done())
}

fn lists_mut<'a>(
    access: &'a mut Access<'_>,
    domain: &str,
    owner: &Owner<'_>,
) -> Result<Option<&'a mut SenderLists>, Failure> {
    let organization = access.organization_mut(domain)?;
    Ok(match owner {
        Owner::Organization => Some(&mut organization.lists),
        Owner::User(email) => organization.users.lists_mut(email),
        Owner::Group(key) => {
            let mut groups = organization.groups.iter_mut();
            groups
                .find(|group| group.id == *key || group.name == *key)
                .map(|group| &mut group.lists)
        }
    })
}

impl<'a> Owner<'a> {
    fn name(&self, domain: &'a str) -> &'a str {
        match self {
            Self::Organization => domain,
            Self::User(key) | Self::Group(key) => key,
        }
    }
}
