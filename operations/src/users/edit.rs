//! Changing a user: only what the person changed is sent, over what is there now. Never the password.

use gate::Operation;
use protegrity::{IdentityLink, IdentityProviders, RoleName, User, UserId, UserUpdate};

use super::{EditUserForm, UserDetails, form::require_role, target};
use crate::{
    CacheUpdate, Error, Services,
    access::Change,
    baseline,
    checked::{Checked, Ready, lock_checked},
    lockout::{self, Confirmations},
    locks::LockKey,
    merge::{difference, merged},
    read_back::{ReadBack, settle},
    refusal,
    validation::Validation,
};

/// A change of a user: what differs between the two is changed, and all else stays. A job that adds a role shows nothing
/// and wants that role.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// The values that the person saw.
    pub shown: UserDetails,
    /// The values that the person wants.
    pub wanted: UserDetails,
}

/// A user that was changed.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The user name.
    pub name: String,
    /// The user now beside what was sent; `None` when there was nothing to change.
    pub read_back: Option<ReadBack>,
}

/// The change that a form describes.
///
/// # Errors
/// At the fields, or when the form does not say which values it showed.
pub async fn change_of(
    services: &Services,
    operation: &Operation,
    form: &EditUserForm,
) -> Result<UserChange, Error> {
    let mut validation = services.validation_of(operation, form.details.names()).await;
    let change = form.read(&mut validation)?;
    validation.finish()?;
    Ok(change)
}

/// Changes a user (`PUT /users`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn edit(
    services: &Services,
    operation: &Operation,
    id: &UserId,
    change: &UserChange,
    confirmations: Confirmations,
) -> Result<Saved, Error> {
    let Ready {
        plan: (before, update),
        lock: _lock,
        ..
    } = lock_checked(
        services,
        ("user", id.to_string()),
        || async move {
            let before = services.user(operation, id).await?;
            let update = update(&before, change)?;
            Ok((before, update))
        },
        |(before, update)| update.groups.is_some() || touches_own_access(operation, before, update),
        |(before, update)| async move {
            confirm_own_access(services, operation, &before, &update, confirmations).await?;
            Ok(Checked {
                found: (),
                also: changed_groups(services, operation, &before, &update).await,
            })
        },
    )
    .await?;
    let saved = |read_back| Saved {
        name: before.username.clone(),
        read_back,
    };
    if update == unchanged(&before) {
        return Ok(saved(None));
    }
    let sent = &update;
    let written = operation
        .on(target(&before))
        .perform(|cluster| async move { cluster.update_user(sent).await })
        .await;
    settle(written, || async {
        let now = services.user(operation, id).await.ok()?;
        took_effect(sent, &now).then_some(())
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::USER))?;
    if update.groups.is_some() {
        services.apply(CacheUpdate::Memberships);
    }
    let read_back = match services.user(operation, id).await {
        Ok(now) => compared(&update, &now),
        Err(error) => {
            tracing::warn!(%error, "a changed user could not be read back");
            ReadBack::Unread
        }
    };
    Ok(saved(Some(read_back)))
}

/// A change of nothing. The name goes along: the reference's sample sends it (notes, row 25).
fn unchanged(before: &User) -> UserUpdate {
    UserUpdate {
        username: Some(before.username.clone()),
        ..UserUpdate::new(before.id.clone())
    }
}

/// The change over the user as they are now.
fn update(before: &User, UserChange { shown, wanted }: &UserChange) -> Result<UserUpdate, Error> {
    let mut validation = Validation::default();
    let mut text = |field: &str, shown: &str, wanted: &str, now: &Option<String>| {
        let now = now.as_deref().unwrap_or_default();
        baseline::changed(&mut validation, field, shown, wanted, now).map(ToOwned::to_owned)
    };
    let email = text("email", &shown.email, &wanted.email, &before.email);
    let first_name = text(
        "first_name",
        &shown.first_name,
        &wanted.first_name,
        &before.first_name,
    );
    let last_name = text(
        "last_name",
        &shown.last_name,
        &wanted.last_name,
        &before.last_name,
    );
    let roles_now: Option<Vec<_>> = before
        .roles
        .as_ref()
        .map(|roles| roles.iter().map(ToString::to_string).collect());
    let roles = list(
        &mut validation,
        "roles",
        &shown.roles,
        &wanted.roles,
        roles_now.as_deref(),
    );
    if let Some(roles) = &roles {
        require_role(roles, &mut validation);
    }
    let groups = list(
        &mut validation,
        "groups",
        &shown.groups,
        &wanted.groups,
        before.groups.as_deref(),
    );
    let identity_providers = links(
        &mut validation,
        &shown.links,
        &wanted.links,
        before.identity_providers.as_ref(),
    );
    validation.finish()?;
    Ok(UserUpdate {
        email,
        first_name,
        last_name,
        roles: roles.map(|roles| roles.into_iter().map(RoleName::from).collect()),
        groups,
        identity_providers,
        ..unchanged(before)
    })
}

/// The whole list to send; `None` when it stays as it is. One that the cluster does not report is not sent: what is in
/// it would be lost.
fn list(
    validation: &mut Validation,
    field: &str,
    shown: &[String],
    wanted: &[String],
    now: Option<&[String]>,
) -> Option<Vec<String>> {
    let merged = merged(now.unwrap_or_default(), shown, wanted);
    if merged == now.unwrap_or_default() {
        return None;
    }
    let message = "The cluster does not report these for this user, and a change sends all of them: they would be lost.";
    validation.require(now.is_some(), field, message);
    Some(merged)
}

/// All links to send; `None` when they stay as they are. Where the cluster does not report them, the wanted ones replace
/// them: the form says so.
fn links(
    validation: &mut Validation,
    shown: &IdentityProviders,
    wanted: &IdentityProviders,
    now: Option<&IdentityProviders>,
) -> Option<IdentityProviders> {
    let now = now.cloned().unwrap_or_default();
    let mut merged = now.clone();
    let unlinked = shown.keys().filter(|alias| !wanted.contains_key(*alias));
    for alias in wanted.keys().chain(unlinked) {
        let (before, after, present) = (shown.get(alias), wanted.get(alias), now.get(alias));
        if before == after || after == present {
            continue;
        }
        if before != present {
            let message = format!(
                "The link to {alias} was changed meanwhile to {}. You entered {}: reload the page to decide again.",
                link_text(present),
                link_text(after)
            );
            validation.add("links", message);
        } else if let Some(link) = after {
            merged.insert(alias.clone(), link.clone());
        } else {
            merged.remove(alias);
        }
    }
    (merged != now).then_some(merged)
}

fn link_text(link: Option<&IdentityLink>) -> String {
    let Some(link) = link else {
        return "no link".to_owned();
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    format!(
        "“{}” with the id “{}”",
        text(&link.user_name),
        text(&link.user_id)
    )
}

/// The groups that the user is put into or taken out of: their members must not be written meanwhile from a list that
/// was read before. Where the caller may not read groups, their ids are not known, and they are not locked.
async fn changed_groups(
    services: &Services,
    operation: &Operation,
    before: &User,
    update: &UserUpdate,
) -> Vec<LockKey> {
    let Some(wanted) = &update.groups else {
        return Vec::new();
    };
    let now = before.groups.as_deref().unwrap_or_default();
    let is_changed = |name: &String| wanted.contains(name) != now.contains(name);
    let groups = services.directory.groups(operation, false).await;
    let groups = groups.inspect_err(|error| tracing::info!(%error, "the groups of a user are not locked"));
    let mut keys: Vec<_> = groups
        .iter()
        .flat_map(|listing| listing.groups.iter())
        .filter(|group| is_changed(&group.name))
        .map(|group| ("group", group.id.to_string()))
        .collect();
    // All in one order, so that two edits do not wait for each other.
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether callers change their own roles or groups.
fn touches_own_access(operation: &Operation, before: &User, update: &UserUpdate) -> bool {
    operation.is_self(before) && (update.roles.is_some() || update.groups.is_some())
}

/// Requires a confirmation before callers take from themselves what managing users requires.
async fn confirm_own_access(
    services: &Services,
    operation: &Operation,
    before: &User,
    update: &UserUpdate,
    confirmations: Confirmations,
) -> Result<(), Error> {
    if !touches_own_access(operation, before, update) {
        return Ok(());
    }
    let roles = update.roles.clone().or_else(|| before.roles.clone());
    let groups = update.groups.clone().or_else(|| before.groups.clone());
    let change = Change::SetUserMembership {
        id: before.id.clone(),
        roles: roles.unwrap_or_default(),
        groups: groups.unwrap_or_default(),
    };
    lockout::check(services, operation, &change, confirmations).await
}

/// Whether the user has everything that was sent.
fn took_effect(update: &UserUpdate, now: &User) -> bool {
    let text = |sent: &Option<String>, now: &Option<String>| {
        sent.is_none() || sent.as_deref() == Some(now.as_deref().unwrap_or_default())
    };
    let links = update.identity_providers.as_ref();
    compared(update, now) == ReadBack::AsSent
        && text(&update.email, &now.email)
        && text(&update.first_name, &now.first_name)
        && text(&update.last_name, &now.last_name)
        && links.is_none_or(|links| now.identity_providers.as_ref() == Some(links))
}

fn compared(update: &UserUpdate, now: &User) -> ReadBack {
    let roles = update.roles.as_ref().zip(now.roles.as_ref());
    let groups = update.groups.as_ref().zip(now.groups.as_ref());
    ReadBack::of([
        roles.and_then(|(sent, now)| difference("these roles", sent, now)),
        groups.and_then(|(sent, now)| difference("these groups", sent, now)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn link(id: &str) -> IdentityLink {
        IdentityLink {
            user_id: Some(id.to_owned()),
            user_name: Some(id.to_owned()),
        }
    }

    fn links(pairs: &[(&str, &str)]) -> IdentityProviders {
        let pairs = pairs.iter();
        pairs.map(|(alias, id)| ((*alias).to_owned(), link(id))).collect()
    }

    fn user() -> User {
        User {
            id: "1".into(),
            username: "ana".into(),
            email: Some("ana@example.com".into()),
            roles: Some(vec!["a".into(), "b".into()]),
            groups: Some(strings(&["g"])),
            identity_providers: Some(links(&[("AWS-IDP", "a"), ("AZURE-IDP", "b")])),
            ..User::default()
        }
    }

    fn shown() -> UserDetails {
        UserDetails {
            email: "ana@example.com".into(),
            roles: strings(&["a", "b"]),
            groups: strings(&["g"]),
            links: links(&[("AWS-IDP", "a"), ("AZURE-IDP", "b")]),
            ..UserDetails::default()
        }
    }

    /// What is sent after a form that showed the user as `user()` was submitted with this change.
    fn sent(now: &User, change: impl FnOnce(&mut UserDetails)) -> Result<UserUpdate, Error> {
        let (shown, mut wanted) = (shown(), shown());
        change(&mut wanted);
        update(now, &UserChange { shown, wanted })
    }

    fn problem(result: Result<UserUpdate, Error>) -> (String, String) {
        match result {
            Err(Error::Invalid(mut problems)) if problems.len() == 1 => {
                let problem = problems.remove(0);
                (problem.field, problem.message)
            }
            other => panic!("one problem is expected: {other:?}"),
        }
    }

    #[test]
    fn row_25_only_what_changed_is_sent_with_the_id_and_the_name() {
        let update = sent(&user(), |wanted| wanted.roles.reverse()).expect("an update");
        assert_eq!(update, unchanged(&user()));
        let update = sent(&user(), |wanted| wanted.email.clear()).expect("an update");
        let expected = UserUpdate {
            email: Some(String::new()),
            ..unchanged(&user())
        };
        assert_eq!(update, expected);
    }

    #[test]
    fn what_others_changed_meanwhile_stays() {
        let now = User {
            last_name: Some("Ito".into()),
            roles: Some(vec!["a".into(), "b".into(), "added-by-another".into()]),
            identity_providers: Some(links(&[("AWS-IDP", "changed"), ("AZURE-IDP", "b")])),
            ..user()
        };
        let update = sent(&now, |wanted| {
            wanted.first_name = "Ana".into();
            wanted.roles = strings(&["b", "new"]);
            wanted.links = links(&[("AWS-IDP", "a"), ("AZURE-IDP", "c")]);
        });
        let expected = UserUpdate {
            first_name: Some("Ana".into()),
            roles: Some(["b", "added-by-another", "new"].map(RoleName::from).into()),
            identity_providers: Some(links(&[("AWS-IDP", "changed"), ("AZURE-IDP", "c")])),
            ..unchanged(&user())
        };
        assert_eq!(update.expect("an update"), expected);
    }

    #[test]
    fn what_both_changed_is_refused_at_its_field() {
        let now = User {
            email: Some("other@example.com".into()),
            identity_providers: Some(links(&[("AZURE-IDP", "b")])),
            ..user()
        };
        let (field, message) = problem(sent(&now, |wanted| wanted.email = "mine@example.com".into()));
        assert_eq!(field, "email");
        assert!(
            message.contains("other@example.com") && message.contains("mine@example.com"),
            "{message}"
        );
        let (field, message) = problem(sent(&now, |wanted| {
            wanted.links.insert("AWS-IDP".into(), link("mine"));
        }));
        assert_eq!(field, "links");
        assert!(
            message.contains("no link") && message.contains("“mine”"),
            "{message}"
        );
        let same = sent(&now, |wanted| wanted.email = "other@example.com".into());
        assert_eq!(same.expect("nothing to send"), unchanged(&user()));
    }

    #[test]
    fn a_list_that_the_form_did_not_show_is_left_alone() {
        let change = UserChange::default();
        let update = update(&user(), &change).expect("an update");
        assert_eq!(update, unchanged(&user()));
    }

    #[test]
    fn a_list_that_the_cluster_does_not_report_is_not_sent() {
        let now = User {
            roles: None,
            ..user()
        };
        let change = |roles: &[&str]| UserChange {
            wanted: UserDetails {
                roles: strings(roles),
                ..UserDetails::default()
            },
            ..UserChange::default()
        };
        assert_eq!(problem(update(&now, &change(&["c"]))).0, "roles");
        let none = update(&now, &change(&[])).expect("an update");
        assert_eq!(none, unchanged(&user()));
        let added = update(&user(), &change(&["c"])).expect("an update");
        assert_eq!(added.roles, Some(["a", "b", "c"].map(RoleName::from).into()));
    }

    #[test]
    fn row_75_the_last_role_is_not_taken() {
        let now = User {
            roles: Some(vec!["a".into()]),
            ..user()
        };
        let (field, _) = problem(sent(&now, |wanted| wanted.roles = strings(&["b"])));
        assert_eq!(field, "roles");
    }

    #[test]
    fn links_are_removed_one_by_one() {
        let update = sent(&user(), |wanted| drop(wanted.links.remove("AWS-IDP")));
        let links = links(&[("AZURE-IDP", "b")]);
        assert_eq!(update.expect("an update").identity_providers, Some(links));
    }

    #[test]
    fn what_the_cluster_kept_is_reported() {
        let update = UserUpdate {
            roles: Some(vec!["a".into()]),
            ..unchanged(&user())
        };
        let differs = "The cluster kept these roles: b.";
        assert_eq!(compared(&update, &user()), ReadBack::Differs(differs.to_owned()));
    }
}
