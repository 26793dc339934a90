//! `/groups/new` and `/groups/{id}/edit`: who is in a group, and which roles it gives.

use std::sync::Arc;

use gate::{Action, Passage, Target};
use leptos::prelude::*;
use protegrity::{Group, Role};
use server_fn::ServerFn;

use super::{
    CreateGroup, EditGroup, group_id,
    members::{may_see_users, picks},
    path,
};
use crate::{
    error::{ErrorKind, PortalError},
    form::Fields,
    left::SureFields,
    roles,
    shell::{Frame, failed, param},
    ui::{
        Caution, FieldGroup, PageHeader, Pick, PostForm, RolePicker, SearchPicker, SubmitButton,
        TextAreaField, TextField, grouped,
    },
    users,
    visit::{Visit, visit},
};

/// The longest name of a group, in characters.
pub(super) const LONGEST_NAME: u32 = 255;

/// The most members that are shown to be unticked; of a larger group, those that were searched for.
const MOST_SHOWN: usize = 100;

/// What there is to choose from.
struct Choices {
    /// The members that are shown, before anything was typed.
    shown: Vec<String>,
    chosen: Vec<Pick>,
    found: Vec<Pick>,
    may_see_users: bool,
    roles: Result<Arc<Vec<Role>>, PortalError>,
}

impl Choices {
    /// For a form that shows these members. All of it is asked for at the same time.
    async fn load(visit: &Visit, passage: &Passage, fields: &Fields, shown: Vec<String>) -> Self {
        let chosen = fields.list("members[]", &shown);
        let query = fields.text("find", "");
        let may_see_users = may_see_users(passage);
        let (chosen, found, roles) = futures::join!(
            picks(passage, &chosen),
            find(visit, may_see_users, &query),
            roles::catalogue(visit, passage, Action::ListRoles)
        );
        Self {
            shown,
            chosen,
            found,
            may_see_users,
            roles,
        }
    }
}

/// Whom a search without script finds. One that fails finds nobody.
async fn find(visit: &Visit, may_see_users: bool, query: &str) -> Vec<Pick> {
    if !may_see_users {
        return Vec::new();
    }
    users::find::users(visit, query)
        .await
        .map(|found| found.found)
        .unwrap_or_default()
}

/// `/groups/new`
#[component]
pub fn NewGroupPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/groups">
            <p class="back"><a href="/groups">"Groups"</a></p>
            <PageHeader title="New group" lead="A group gives its roles to all of its members."/>
            {Suspend::new(async move {
                match load_new(&visit).await {
                    Ok(choices) => view! { <NewForm visit choices/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load_new(visit: &Visit) -> Result<Choices, PortalError> {
    let passage = visit.open(Action::CreateGroup, Target::portal())?;
    let fields = visit.fields(CreateGroup::url());
    Ok(Choices::load(visit, &passage, &fields, Vec::new()).await)
}

#[component]
fn NewForm(visit: Visit, choices: Choices) -> impl IntoView {
    let fields = visit.fields(CreateGroup::url());
    let error = fields.error();
    let lasting = "It cannot be changed afterwards.";
    view! {
        <PostForm action=CreateGroup::url() error=error.clone() class="form page" finds=true>
            <TextField name="name" label="Name" required=true maxlength=LONGEST_NAME value=fields.text("name", "")
                hint=lasting error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "")
                hint=lasting error/>
            <Parts choices fields held_roles=Vec::new()/>
            <div class="form-actions">
                <a class="button" href="/groups">"Cancel"</a>
                <SubmitButton label="Create group"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// `/groups/{id}/edit`
#[component]
pub fn EditGroupPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/groups">
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok((group, choices)) => view! { <EditForm visit group choices/> }.into_any(),
                    Err(error) => failed(&visit, "Edit group", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit, id: &str) -> Result<(Group, Choices), PortalError> {
    let id = group_id(id)?;
    let passage = visit.open(Action::UpdateGroup, Target::named("group", &id))?;
    let group = passage
        .group(&id)
        .await
        .map_err(|error| visit.explain(Action::UpdateGroup, &error))?;
    told(&group)?;
    let fields = visit.fields(EditGroup::url());
    let query = visit.query_value("member").unwrap_or_default();
    let shown = shown(group.members.as_deref().unwrap_or_default(), &query);
    // What was shown when the form was made, through every failure of it; see `merged`.
    let shown = fields.list("held[]", &shown);
    let choices = Choices::load(visit, &passage, &fields, shown).await;
    Ok((group, choices))
}

/// Refuses to change a group whose members or roles the cluster keeps to itself: both lists are sent whole, so
/// what is not known would be lost (notes on the reference, row 36).
///
/// # Errors
/// In words for the person.
pub(super) fn told(group: &Group) -> Result<(), PortalError> {
    if group.members.is_some() && group.roles.is_some() {
        return Ok(());
    }
    Err(
        PortalError::new(ErrorKind::Cluster, "This group cannot be changed here.").with_detail(
            "The cluster does not tell its members or its roles, and a change sends the whole of both: they would be lost.",
        ),
    )
}

/// The members that the form shows: all, or of a large group those whose names hold what was searched for.
fn shown(members: &[String], query: &str) -> Vec<String> {
    let mut shown = members.to_vec();
    shown.sort_by_cached_key(|name| name.to_lowercase());
    if shown.len() > MOST_SHOWN {
        let query = query.trim().to_lowercase();
        shown.retain(|name| !query.is_empty() && name.to_lowercase().contains(&query));
        shown.truncate(MOST_SHOWN);
    }
    shown
}

#[component]
fn EditForm(visit: Visit, group: Group, choices: Choices) -> impl IntoView {
    let fields = visit.fields(EditGroup::url());
    let error = fields.error();
    let back = path(&group.id);
    let roles: Vec<_> = group.roles.iter().flatten().map(ToString::to_string).collect();
    let named = |name: &'static str, values: Vec<String>| values.into_iter().map(move |value| (name, value));
    let hidden = std::iter::once(("id", group.id.to_string()))
        .chain(named("held[]", choices.shown.clone()))
        .chain(named("held_roles[]", fields.list("held_roles[]", &roles)))
        .collect();
    let count = group.members.as_ref().map_or(0, Vec::len);
    let query = visit.query_value("member").unwrap_or_default();
    view! {
        <p class="back"><a href="/groups">"Groups"</a>" / "<a href=back.clone()><bdi>{group.name.clone()}</bdi></a></p>
        <PageHeader title=format!("Edit {}", group.name)
            lead="Name and description cannot be changed once a group is there."/>
        {(count > MOST_SHOWN).then(|| view! { <FindMembers address=format!("{back}/edit") count query/> })}
        <PostForm action=EditGroup::url() error=error.clone() class="form page" finds=true hidden>
            <Parts choices fields held_roles=roles/>
            <SureFields error/>
            <div class="form-actions">
                <a class="button" href=back>"Cancel"</a>
                <SubmitButton label="Save"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// Above the form of a large group: which members it shows, to be unticked.
#[component]
fn FindMembers(address: String, count: usize, query: String) -> impl IntoView {
    view! {
        <form class="form" method="get" action=address role="search" aria-label="Members">
            <TextField name="member" label="Search members" value=query maxlength=200
                hint=format!(
                    "This group has {} members. Those whose names hold this, at most {MOST_SHOWN}, are shown below to be unticked; the others stay.",
                    grouped(count as u64)
                )/>
            <div class="form-actions"><button type="submit" class="button">"Show members"</button></div>
        </form>
    }
    .into_any()
}

/// What a new group and a known one have in common.
#[component]
fn Parts(choices: Choices, fields: Fields, held_roles: Vec<String>) -> impl IntoView {
    let error = fields.error();
    let Choices {
        chosen,
        found,
        may_see_users,
        roles,
        ..
    } = choices;
    let members = if may_see_users {
        view! {
            <SearchPicker name="members[]" label="Members" search_label="Search users" source="/api/users/find"
                chosen query=fields.text("find", "") found hint="Ticked users are in the group." error=error.clone()/>
        }
        .into_any()
    } else {
        view! { <TickedMembers chosen error=error.clone()/> }.into_any()
    };
    let (roles, unread) = match roles {
        Ok(roles) => (roles.to_vec(), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    view! {
        {members}
        <TextAreaField name="names" label="More members by user name" rows=2 value=fields.text("names", "")
            hint="One a line, or with commas between them." error=error.clone()/>
        {unread.map(|error| view! {
            <Caution title="The roles of the cluster could not be read." detail=error.detail.unwrap_or(error.title)/>
        })}
        <RolePicker name="roles[]" label="Roles" roles chosen=fields.list("roles[]", &held_roles)
            hint="Every member has these roles as long as they are in the group." error/>
    }
    .into_any()
}

/// Members to untick, for somebody who may change groups and not read users.
#[component]
fn TickedMembers(chosen: Vec<Pick>, error: Option<PortalError>) -> impl IntoView {
    let rows = chosen.into_iter().map(|pick| {
        view! {
            <li>
                <label class="check-line">
                    <input type="checkbox" name="members[]" value=pick.value checked=true/>
                    <span>{pick.label}</span>
                </label>
            </li>
        }
    });
    view! {
        <FieldGroup name="members[]" label="Members" error
            hint="You may not search users: new members are added by their user names below.">
            <ul class="picker-chosen">{rows.collect_view()}</ul>
        </FieldGroup>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many() -> Vec<String> {
        (0..=MOST_SHOWN).map(|at| format!("user{at:03}")).collect()
    }

    #[test]
    fn a_small_group_shows_all_of_its_members() {
        let members = ["b".to_owned(), "A".to_owned()];
        assert_eq!(shown(&members, ""), ["A", "b"]);
        assert_eq!(shown(&members, "zzz"), ["A", "b"]);
    }

    #[test]
    fn a_large_group_shows_those_that_were_searched_for() {
        assert_eq!(shown(&many(), ""), [""; 0]);
        assert_eq!(shown(&many(), "USER01").len(), 10);
        assert_eq!(shown(&many(), "user").len(), MOST_SHOWN);
    }

    #[test]
    fn what_is_not_told_is_not_overwritten() {
        let group = |json: &str| serde_json::from_str::<Group>(json).expect("a group");
        assert!(told(&group(r#"{"id":"1","name":"g","members":[],"roles":[]}"#)).is_ok());
        assert!(told(&group(r#"{"id":"1","name":"g","roles":[]}"#)).is_err());
        assert!(told(&group(r#"{"id":"1","name":"g","members":[]}"#)).is_err());
    }
}
