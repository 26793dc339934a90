//! `/users/{id}/edit`: changing a user's details, roles, groups and links. Never the password.

use gate::{Action, Change, Passage, Target};
use leptos::prelude::*;
use protegrity::{User, UserUpdate};
use server_fn::ServerFn;

use super::{
    form::{Choices, LinkRow, Sent, UserFields, Wanted, at_the_field, need_role, read},
    may_see_groups, path,
};
use crate::{
    act::user_id,
    error::PortalError,
    flash::Done,
    form::{Faults, shown_again},
    left::{self, Sure, SureFields},
    merge::difference,
    shell::{Frame, failed, param},
    ui::{PageHeader, PostForm, SubmitButton},
    visit::{Visit, visit},
};

/// `/users/{id}/edit`
#[component]
pub fn EditUserPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/users">
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok((user, choices)) => view! { <EditForm visit user choices/> }.into_any(),
                    Err(error) => failed(&visit, "Edit user", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit, id: &str) -> Result<(User, Choices), PortalError> {
    let id = user_id(id)?;
    let passage = visit.open(Action::EditUser, Target::user(&id))?;
    let user = passage
        .user(&id)
        .await
        .map_err(|error| visit.explain(Action::EditUser, &error))?;
    let fields = visit.fields(EditUser::url());
    let groups = user.groups.clone().unwrap_or_default();
    let choices = Choices::load(visit, &passage, &fields, &groups).await;
    Ok((user, choices))
}

#[component]
fn EditForm(visit: Visit, user: User, choices: Choices) -> impl IntoView {
    let fields = visit.fields(EditUser::url());
    let error = fields.error();
    let back = path(&user.id);
    // What was held when the form was first shown, also when it is shown again.
    let held = |name: &'static str, held: &[String]| {
        let shown = fields.list(name, held).into_iter();
        shown.map(move |held| (name, held)).collect::<Vec<_>>()
    };
    let roles: Vec<String> = user.roles.iter().flatten().map(ToString::to_string).collect();
    let groups = user.groups.clone().unwrap_or_default();
    let hidden = [("id", user.id.to_string()), ("shown", "true".to_owned())]
        .into_iter()
        .chain(held("shown_roles[]", &roles))
        .chain(held("shown_groups[]", &groups))
        .collect();
    view! {
        <p class="back"><a href="/users">"Users"</a>" / "<a href=back.clone()>{user.username.clone()}</a></p>
        <PageHeader title=format!("Edit {}", user.username) lead="The password is not touched: “Reset password” is on the user's page."/>
        <PostForm action=EditUser::url() error=error.clone() class="form page" finds=true hidden>
            <UserFields user=user.clone() fields=fields.clone() choices/>
            <SureFields error/>
            <div class="form-actions">
                <a class="button" href=back>"Cancel"</a>
                <SubmitButton label="Save"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// Changes a user (`PUT /users`), sending only what is different from what the cluster has.
#[server(prefix = "/api", endpoint = "users/edit")]
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
pub async fn edit_user(
    id: String,
    #[server(default)] email: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] groups: Vec<String>,
    #[server(default)] links: Vec<LinkRow>,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
    #[server(default)] shown: String,
    #[server(default)] shown_roles: Vec<String>,
    #[server(default)] shown_groups: Vec<String>,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = user_id(&id)?;
    let passage = visit.open(Action::EditUser, Target::user(&id))?;
    if step == "find" {
        return Err(shown_again());
    }
    let sent = Sent {
        email: &email,
        first_name: &first_name,
        last_name: &last_name,
        roles: &roles,
        groups: &groups,
        links: &links,
    };
    let mut faults = Faults::default();
    let wanted = read(&sent, &mut faults);
    let before = passage
        .user(&id)
        .await
        .map_err(|error| visit.explain(Action::EditUser, &error))?;
    // A list that is sent replaces the one that is there, so one that is not told is not touched.
    if before.roles.is_some() {
        need_role(&wanted.roles, &mut faults);
    }
    faults.finish()?;
    // A form that does not say what it showed is taken as it is.
    let wanted = if shown == "true" {
        wanted.over(&before, &shown_roles, &shown_groups)
    } else {
        wanted
    };
    let update = changes(&before, wanted, may_see_groups(&passage));
    if update == unchanged(&before) {
        visit.done(
            Done::new(format!("{} is as it was: nothing was changed.", before.username)).with_next(path(&id)),
        );
        return Ok(());
    }
    if passage.is_self(&before) {
        let sure = Sure {
            of_self: &sure_self,
            of_nobody: &sure_nobody_manages,
        };
        check_oneself(&visit, &passage, &before, &update, sure).await?;
    }
    passage
        .call(|cluster| {
            let update = update.clone();
            async move { cluster.update_user(&update).await }
        })
        .await
        .map_err(|error| at_the_field(visit.explain(Action::EditUser, &error)))?;
    if update.groups.is_some() {
        passage.forget_groups();
    }
    let done = match passage.user(&id).await {
        Ok(now) => saved(&update, &now),
        Err(_) => Done::new(format!("{} is saved.", before.username)),
    };
    visit.done(done.with_next(path(&id)));
    Ok(())
}

/// A change of nothing. The name goes along: the reference's sample sends it (notes, row 25).
fn unchanged(before: &User) -> UserUpdate {
    UserUpdate {
        username: Some(before.username.clone()),
        ..UserUpdate::new(before.id.clone())
    }
}

/// What is wanted and is not so yet. Groups that this person cannot see are left alone.
fn changes(before: &User, wanted: Wanted, may_see_groups: bool) -> UserUpdate {
    let text = |before: &Option<String>, wanted: String| {
        (before.as_deref().unwrap_or_default() != wanted).then_some(wanted)
    };
    let is_same = |before: &[String], wanted: &[String]| {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        sorted(before) == sorted(wanted)
    };
    let role_names =
        |roles: &[protegrity::RoleName]| roles.iter().map(ToString::to_string).collect::<Vec<_>>();
    let roles_before = role_names(before.roles.as_deref().unwrap_or_default());
    let groups_before = before.groups.clone().unwrap_or_default();
    let links_before = before.identity_providers.clone().unwrap_or_default();
    // What the form did not show, because the providers could not be read, is left alone.
    let unseen = links_before
        .iter()
        .filter(|(alias, _)| !wanted.asked.contains(alias));
    let links = unseen.map(|(alias, link)| (alias.clone(), link.clone()));
    let links = links.chain(wanted.links).collect();
    UserUpdate {
        email: text(&before.email, wanted.email),
        first_name: text(&before.first_name, wanted.first_name),
        last_name: text(&before.last_name, wanted.last_name),
        roles: (before.roles.is_some() && !is_same(&roles_before, &role_names(&wanted.roles)))
            .then_some(wanted.roles),
        groups: (may_see_groups && before.groups.is_some() && !is_same(&groups_before, &wanted.groups))
            .then_some(wanted.groups),
        identity_providers: (links_before != links).then_some(links),
        ..unchanged(before)
    }
}

/// Asks whoever changes their own account whether they mean to lose what it takes to manage users.
async fn check_oneself(
    visit: &Visit,
    passage: &Passage,
    before: &User,
    update: &UserUpdate,
    sure: Sure<'_>,
) -> Result<(), PortalError> {
    if update.roles.is_none() && update.groups.is_none() {
        return Ok(());
    }
    let change = Change::UserGets {
        id: before.id.clone(),
        roles: update
            .roles
            .clone()
            .or_else(|| before.roles.clone())
            .unwrap_or_default(),
        groups: update
            .groups
            .clone()
            .or_else(|| before.groups.clone())
            .unwrap_or_default(),
    };
    left::check(visit, passage, &change, sure).await
}

/// What the page says after a change: that it is saved, or what the cluster made of it.
fn saved(update: &UserUpdate, now: &User) -> Done {
    let roles = update
        .roles
        .as_ref()
        .zip(now.roles.as_ref())
        .and_then(|(wanted, now)| difference("roles", wanted, now));
    let groups = update
        .groups
        .as_ref()
        .zip(now.groups.as_ref())
        .and_then(|(wanted, now)| difference("groups", wanted, now));
    let said: Vec<_> = roles.into_iter().chain(groups).collect();
    let done = Done::new(format!("{} is saved.", now.username));
    if said.is_empty() {
        done
    } else {
        done.with_detail(said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use protegrity::RoleName;

    use super::*;

    fn user() -> User {
        User {
            id: "1".into(),
            username: "ana".into(),
            email: Some("ana@example.com".into()),
            roles: Some(vec![RoleName::from("a"), RoleName::from("b")]),
            groups: Some(vec!["g".into()]),
            ..User::default()
        }
    }

    fn wanted() -> Wanted {
        Wanted {
            email: "ana@example.com".into(),
            roles: vec![RoleName::from("b"), RoleName::from("a")],
            groups: vec!["g".into()],
            ..Wanted::default()
        }
    }

    #[test]
    fn row_25_only_what_changed_is_sent_with_the_id_and_the_name() {
        assert_eq!(changes(&user(), wanted(), true), unchanged(&user()));
        let update = changes(
            &user(),
            Wanted {
                email: String::new(),
                ..wanted()
            },
            true,
        );
        assert_eq!(
            update,
            UserUpdate {
                email: Some(String::new()),
                ..unchanged(&user())
            }
        );
    }

    #[test]
    fn groups_that_cannot_be_seen_are_left_alone() {
        let none = Wanted {
            groups: Vec::new(),
            ..wanted()
        };
        assert_eq!(changes(&user(), none.clone(), false).groups, None);
        assert_eq!(changes(&user(), none, true).groups, Some(Vec::new()));
    }

    #[test]
    fn links_that_the_form_did_not_show_are_left_alone() {
        let link = |id: &str| protegrity::IdentityLink {
            user_id: Some(id.to_owned()),
            user_name: Some(id.to_owned()),
        };
        let links = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(alias, id)| ((*alias).to_owned(), link(id)))
                .collect::<protegrity::IdentityProviders>()
        };
        let before = User {
            identity_providers: Some(links(&[("AWS-IDP", "a"), ("AZURE-IDP", "b")])),
            ..user()
        };
        assert_eq!(changes(&before, wanted(), true), unchanged(&before));
        let one = Wanted {
            links: links(&[("AZURE-IDP", "c")]),
            asked: vec!["AZURE-IDP".into()],
            ..wanted()
        };
        assert_eq!(
            changes(&before, one, true).identity_providers,
            Some(links(&[("AWS-IDP", "a"), ("AZURE-IDP", "c")]))
        );
        let none = Wanted {
            asked: vec!["AWS-IDP".into(), "AZURE-IDP".into()],
            ..wanted()
        };
        assert_eq!(changes(&before, none, true).identity_providers, Some(links(&[])));
    }

    #[test]
    fn what_the_cluster_kept_is_said() {
        let update = UserUpdate {
            roles: Some(vec![RoleName::from("a")]),
            ..unchanged(&user())
        };
        let detail = saved(&update, &user()).detail.expect("a detail");
        assert!(detail.contains("kept roles: b"), "{detail}");
    }
}
