//! `/users/new` and `/users/{id}/edit`: a user's details, roles, groups and links to identity providers.

use std::sync::Arc;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    users::{MAX_NAME_LENGTH, UserDetails, may_see_groups, saml_providers},
};
use protegrity::{Role, SamlProvider};
use server_fn::ServerFn;

use super::{CreateUser, EditUser};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    form::Fields,
    links,
    params::user_id,
    pickers,
    ui::{
        Caution, CheckField, ConfirmationFields, EmptyState, FieldGroup, FieldKind, FormActions,
        NewPasswordField, Page, Pick, PostForm, RolePicker, SearchPicker, TextField,
    },
};

/// The values to choose from, as far as the caller may read them.
pub(crate) struct UserChoices {
    roles: Result<Arc<Vec<Role>>, PortalError>,
    providers: Option<Vec<SamlProvider>>,
    /// The chosen groups and the found ones; `None` where groups may not be read.
    groups: Option<(Vec<Pick>, Vec<Pick>)>,
}

impl UserChoices {
    /// For a form that shows these groups.
    pub async fn load(
        context: &RequestContext,
        operation: &Operation,
        fields: &Fields,
        groups: &[String],
    ) -> Self {
        let chosen = fields.list("groups[]", groups);
        let query = fields.text("find", "");
        let groups = async {
            if !may_see_groups(operation) {
                return None;
            }
            let chosen = pickers::picked_groups(context, operation, &chosen).await;
            let found = pickers::groups(context, &query).await.unwrap_or_default();
            Some((chosen, found.found))
        };
        let (roles, providers, groups) = futures::join!(
            context.services.visible_roles(operation),
            saml_providers(operation),
            groups
        );
        Self {
            roles: roles.map_err(Into::into),
            providers,
            groups,
        }
    }
}

/// `/users/new`
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::CreateUser, Target::portal()).await?;
    let fields = context.fields(CreateUser::url());
    let (choices, policy) = futures::join!(
        UserChoices::load(&context, &operation, &fields, &[]),
        context.services.password_policy(&operation)
    );
    let error = fields.error();
    let enabled = fields.flag("enabled", true);
    let form = view! {
        <PostForm action=CreateUser::url() error=error.clone() class="form page" finds=true>
            <TextField name="username" label="User name" required=true maxlength=MAX_NAME_LENGTH
                value=fields.text("username", "") error=error.clone()
                hint="The cluster stores it in lower case. It cannot be changed afterwards."/>
            <NewPasswordField name="password" label="Password" policy error=error.clone()
                hint="Leave it empty for a user who signs in through an identity provider, or who gets a password later."/>
            <UserFields details=UserDetails::default() fields choices/>
            <CheckField name="enabled" label="The account is open" checked=enabled
                hint="An account that is not open cannot sign in." error/>
            <FormActions back="/users" submit="Create user"/>
        </PostForm>
    };
    Ok(Page::new("New user", form)
        .crumb("Users", "/users")
        .lead("An account of the Protegrity cluster."))
}

/// `/users/{id}/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let id = user_id(context.param("id"))?;
    let operation = context.begin(Action::EditUser, Target::user(&id)).await?;
    let user = context.services.user(&operation, &id).await?;
    let fields = context.fields(EditUser::url());
    // The values that the form showed first, through every failure of it.
    let details = baseline::decode(&fields.text("baseline", ""))
        .unwrap_or_else(|_| UserDetails::shown(&operation, &user));
    let choices = UserChoices::load(&context, &operation, &fields, &details.groups).await;
    let error = fields.error();
    let page = links::user(&id);
    let hidden = vec![("id", id.to_string()), ("baseline", baseline::encode(&details))];
    let form = view! {
        <PostForm action=EditUser::url() error=error.clone() class="form page" finds=true hidden>
            <UserFields details fields choices links_unknown=user.identity_providers.is_none()/>
            <ConfirmationFields error/>
            <FormActions back=page submit="Save"/>
        </PostForm>
    };
    Ok(Page::new(format!("Edit {}", user.username), form)
        .crumb("Users", "/users")
        .crumb(user.username, links::user(&id))
        .lead("The password stays as it is: “Reset password” is on the user's page."))
}

/// The fields that a new user and an existing one have in common.
#[component]
pub(crate) fn UserFields(
    details: UserDetails,
    fields: Fields,
    choices: UserChoices,
    /// Whether the cluster does not report the links of this user.
    #[prop(optional)]
    links_unknown: bool,
) -> impl IntoView {
    let error = fields.error();
    let most = MAX_NAME_LENGTH;
    let first_name = fields.text("first_name", &details.first_name);
    let last_name = fields.text("last_name", &details.last_name);
    let email = fields.text("email", &details.email);
    let groups = match choices.groups {
        Some((chosen, found)) => view! {
            <SearchPicker name="groups[]" label="Groups" search_label="Search groups" source="/api/groups/find"
                chosen query=fields.text("find", "") found error=error.clone()
                hint="Members of a group have the group's roles as well."/>
        }
        .into_any(),
        None => view! {
            <FieldGroup name="groups" label="Groups">
                <p class="field-hint">"Needs the permission group_viewer. The groups stay as they are."</p>
            </FieldGroup>
        }
        .into_any(),
    };
    view! {
        <div class="field-pair">
            <TextField name="first_name" label="First name" maxlength=most value=first_name error=error.clone()/>
            <TextField name="last_name" label="Last name" maxlength=most value=last_name error=error.clone()/>
        </div>
        <TextField name="email" label="E-mail" kind=FieldKind::Email maxlength=254 value=email error/>
        <Roles shown=details.roles.clone() fields=fields.clone() roles=choices.roles/>
        {groups}
        {choices.providers.map(|providers| view! { <Links details fields providers links_unknown/> })}
    }
    .into_any()
}

/// The roles to tick; where they cannot be read, those that the user has and one more by name.
#[component]
fn Roles(shown: Vec<String>, fields: Fields, roles: Result<Arc<Vec<Role>>, PortalError>) -> impl IntoView {
    let mut chosen = fields.list("roles[]", &shown);
    chosen.retain(|role| !role.is_empty());
    let (roles, unread) = match roles {
        Ok(roles) => (roles.to_vec(), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let by_name = unread.map(|error| {
        view! {
            <Caution title="The roles of the cluster could not be read." detail=error.detail.unwrap_or(error.title)/>
            <TextField name="roles[]" label="Another role, by its name" maxlength=MAX_NAME_LENGTH/>
        }
    });
    view! {
        <RolePicker name="roles[]" label="Roles" roles chosen error=fields.error()
            hint="At least one. A role gives all of its permissions."/>
        {by_name}
    }
    .into_any()
}

/// One row for each SAML provider: linked or not, and the user's id and name there.
#[component]
fn Links(
    details: UserDetails,
    fields: Fields,
    providers: Vec<SamlProvider>,
    links_unknown: bool,
) -> impl IntoView {
    let error = fields.error();
    let is_empty = providers.is_empty();
    let rows = providers.into_iter().enumerate().map(|(at, provider)| {
        let alias = provider.alias.to_string();
        let link = details.links.get(&alias);
        let name = |field: &str| format!("links[{at}][{field}]");
        // A user who is not linked is most often known there by the e-mail address.
        let text = |value: fn(&protegrity::IdentityLink) -> Option<&String>| match link {
            Some(link) => value(link).cloned().unwrap_or_default(),
            None => details.email.clone(),
        };
        let user_id = fields.text(&name("user_id"), &text(|link| link.user_id.as_ref()));
        let user_name = fields.text(&name("user_name"), &text(|link| link.user_name.as_ref()));
        let display_name = provider.display_name.filter(|name| !name.is_empty());
        let label = display_name.unwrap_or_else(|| alias.clone());
        let most = MAX_NAME_LENGTH;
        view! {
            <li>
                <input type="hidden" name=name("alias") value=alias.clone()/>
                <CheckField name=name("linked") label=format!("Linked to {label} ({alias})")
                    checked=fields.flag(&name("linked"), link.is_some())/>
                <div class="field-pair">
                    <TextField name=name("user_id") label="User id there" maxlength=most value=user_id
                        error=error.clone()/>
                    <TextField name=name("user_name") label="User name there" maxlength=most value=user_name
                        error=error.clone()/>
                </div>
            </li>
        }
    });
    let content = if is_empty {
        view! { <EmptyState title="No SAML providers" hint="Create one under SAML to link users to it."/> }
            .into_any()
    } else {
        view! { <ul class="pick">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <FieldGroup name="links" label="Identity providers" error=fields.error()>
            {links_unknown.then(|| view! {
                <p class="field-hint">
                    "The cluster does not report which of these the user is linked to. With none ticked, the links stay as they are; the ticked ones replace all of them."
                </p>
            })}
            {content}
        </FieldGroup>
    }
    .into_any()
}
