//! `/groups/new` and `/groups/{id}/edit`: the members of a group and the roles that it gives.

use std::sync::Arc;

use gate::{Action, Operation, Permission, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    characters::folded,
    groups::{MAX_NAME_LENGTH, Shown, reported},
};
use protegrity::{Role, permissions as known};
use server_fn::ServerFn;

use super::{CreateGroup, EditGroup, group_id, members::picks};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    form::Fields,
    links, pickers,
    ui::{
        Caution, ConfirmationFields, FieldGroup, FormActions, Page, Pick, PostForm, RolePicker, SearchPicker,
        TextAreaField, TextField, grouped,
    },
};

/// The most members that are shown to be unticked; of a larger group, those that were searched for.
const MAX_SHOWN: usize = 100;

/// The values to choose from.
struct Choices {
    chosen: Vec<Pick>,
    found: Vec<Pick>,
    may_see_users: bool,
    roles: Result<Arc<Vec<Role>>, PortalError>,
}

impl Choices {
    /// For a form that shows these members.
    async fn load(
        context: &RequestContext,
        operation: &Operation,
        fields: &Fields,
        members: &[String],
    ) -> Self {
        let chosen = fields.list("members[]", members);
        let query = fields.text("find", "");
        let may_see_users = !operation.lacks(Permission::protegrity(known::USER_MANAGER_VIEWER));
        let found = async {
            if may_see_users {
                pickers::users(context, &query).await.unwrap_or_default().found
            } else {
                Vec::new()
            }
        };
        let (chosen, found, roles) = futures::join!(
            picks(context, operation, &chosen),
            found,
            context.services.visible_roles(operation)
        );
        Self {
            chosen,
            found,
            may_see_users,
            roles: roles.map_err(Into::into),
        }
    }
}

/// `/groups/new`
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::CreateGroup, Target::portal()).await?;
    let fields = context.fields(CreateGroup::url());
    let choices = Choices::load(&context, &operation, &fields, &[]).await;
    let error = fields.error();
    let lasting = "It cannot be changed afterwards.";
    let content = view! {
        <PostForm action=CreateGroup::url() error=error.clone() class="form page" finds=true>
            <TextField name="name" label="Name" required=true maxlength=MAX_NAME_LENGTH
                value=fields.text("name", "") hint=lasting error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "")
                hint=lasting error/>
            <MembersAndRoles choices fields roles_now=Vec::new()/>
            <FormActions back="/groups" submit="Create group"/>
        </PostForm>
    };
    Ok(Page::new("New group", content)
        .crumb("Groups", "/groups")
        .lead("A group gives its roles to all of its members."))
}

/// `/groups/{id}/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let id = group_id(context.param("id"))?;
    let operation = context
        .begin(Action::UpdateGroup, Target::of("group", &id))
        .await?;
    let group = context.services.group(&operation, &id).await?;
    let (members, roles) = reported(&group)?;
    let fields = context.fields_to_review(EditGroup::url());
    let query = context.query_value("member").unwrap_or_default();
    let now = Shown {
        members: shown(members, &query),
        roles: roles.iter().map(ToString::to_string).collect(),
    };
    // The values that the form showed first, through every failure of it.
    let baseline = fields.text("baseline", &baseline::encode(&now));
    let Shown {
        members: shown,
        roles: roles_now,
    } = baseline::decode(&baseline)?;
    let choices = Choices::load(&context, &operation, &fields, &shown).await;
    let (page, error, count) = (links::group(&id), fields.error(), members.len());
    let hidden = vec![("id", id.to_string()), ("baseline", baseline)];
    let content = view! {
        {(count > MAX_SHOWN).then(|| view! { <FindMembers address=links::edit(&page) count query/> })}
        <PostForm action=EditGroup::url() error=error.clone() class="form page" finds=true hidden>
            <MembersAndRoles choices fields roles_now/>
            <ConfirmationFields error/>
            <FormActions back=page submit="Save"/>
        </PostForm>
    };
    Ok(Page::new(format!("Edit {}", group.name), content)
        .crumb("Groups", "/groups")
        .crumb(group.name, links::group(&id))
        .lead("Name and description cannot be changed after the group was created."))
}

/// The members that the form shows: all, or of a large group those whose names contain what was searched for.
fn shown(members: &[String], query: &str) -> Vec<String> {
    let mut shown = members.to_vec();
    shown.sort_by_cached_key(|name| folded(name));
    if shown.len() > MAX_SHOWN {
        let query = folded(query.trim());
        shown.retain(|name| !query.is_empty() && folded(name).contains(&query));
        shown.truncate(MAX_SHOWN);
    }
    shown
}

/// Above the form of a large group: which members it shows to be unticked.
#[component]
fn FindMembers(address: String, count: usize, query: String) -> impl IntoView {
    view! {
        <form class="form" method="get" action=address role="search" aria-label="Members">
            <TextField name="member" label="Search members" value=query maxlength=200
                hint=format!(
                    "This group has {} members. Those whose names contain this, at most {MAX_SHOWN}, are shown below to be unticked; the others stay.",
                    grouped(count as u64)
                )/>
            <div class="form-actions"><button type="submit" class="button">"Show members"</button></div>
        </form>
    }
    .into_any()
}

/// The fields that a new group and an existing one have in common.
#[component]
fn MembersAndRoles(choices: Choices, fields: Fields, roles_now: Vec<String>) -> impl IntoView {
    let error = fields.error();
    let Choices {
        chosen,
        found,
        may_see_users,
        roles,
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
            hint="One a line, or separated by commas." error=error.clone()/>
        {unread.map(|error| view! {
            <Caution title="The roles of the cluster could not be read." detail=error.detail.unwrap_or(error.title)/>
        })}
        <RolePicker name="roles[]" label="Roles" roles chosen=fields.list("roles[]", &roles_now)
            hint="Every member has these roles as long as they are in the group." error/>
    }
    .into_any()
}

/// Members to untick, for a caller who may change groups and not read users.
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
        (0..=MAX_SHOWN).map(|at| format!("user{at:03}")).collect()
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
        assert_eq!(shown(&many(), "user").len(), MAX_SHOWN);
    }
}
