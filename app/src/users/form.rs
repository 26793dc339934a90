//! The form of a user, new or known: its fields, and reading them.

use gate::{Action, Passage};
use leptos::prelude::*;
use protegrity::{IdentityLink, IdentityProviders, Role, RoleName, SamlProvider, User, permissions as known};
use serde::{Deserialize, Serialize};

use super::{
    find::{self, Found},
    may_see_groups,
};
use crate::{
    error::PortalError,
    form::{Faults, Fields},
    merge::merged,
    ui::{
        CheckField, EmptyState, FieldGroup, FieldKind, Notice, Pick, RolePicker, SearchPicker, TextField,
        Tone,
    },
    visit::Visit,
};

/// The most roles or groups that a form takes.
const MOST_NAMES: usize = 200;

/// The link to one SAML provider, as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkRow {
    /// The provider.
    pub alias: String,
    /// `true` when the user is to be linked.
    pub linked: String,
    /// The user's id at the provider.
    pub user_id: String,
    /// The user's name at the provider.
    pub user_name: String,
}

/// What a form says about a user, known to be acceptable.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub roles: Vec<RoleName>,
    pub groups: Vec<String>,
    pub links: IdentityProviders,
    /// The providers that the form asked about.
    pub asked: Vec<String>,
}

impl Wanted {
    /// With the roles and groups put together with what others changed since the form was shown with these.
    pub(super) fn over(self, now: &User, shown_roles: &[String], shown_groups: &[String]) -> Self {
        let names = |roles: &[RoleName]| roles.iter().map(ToString::to_string).collect::<Vec<_>>();
        let roles_now = names(now.roles.as_deref().unwrap_or_default());
        let groups_now = now.groups.as_deref().unwrap_or_default();
        let roles = merged(&roles_now, shown_roles, &names(&self.roles));
        Self {
            roles: roles.into_iter().map(RoleName::from).collect(),
            groups: merged(groups_now, shown_groups, &self.groups),
            ..self
        }
    }
}

/// The parts of a form that a new user and a known one have in common, as they were typed.
pub(super) struct Sent<'a> {
    pub email: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub roles: &'a [String],
    pub groups: &'a [String],
    pub links: &'a [LinkRow],
}

/// Reads what was sent; what is the matter with it goes to `faults`.
pub(super) fn read(sent: &Sent<'_>, faults: &mut Faults) -> Wanted {
    Wanted {
        email: faults.email("email", sent.email),
        first_name: faults.line("first_name", sent.first_name, 255),
        last_name: faults.line("last_name", sent.last_name, 255),
        roles: names(faults, "roles", sent.roles)
            .into_iter()
            .map(RoleName::from)
            .collect(),
        groups: names(faults, "groups", sent.groups),
        links: links(faults, sent.links),
        asked: sent.links.iter().map(|row| row.alias.clone()).collect(),
    }
}

/// Every user must have a role: the reference says so (section 7; notes, row 75), though the field is optional.
pub(super) fn need_role(roles: &[RoleName], faults: &mut Faults) {
    faults.unless(
        !roles.is_empty(),
        "roles",
        "Choose at least one role: every user must have one.",
    );
}

fn names(faults: &mut Faults, field: &str, sent: &[String]) -> Vec<String> {
    faults.names(field, sent, MOST_NAMES)
}

fn links(faults: &mut Faults, sent: &[LinkRow]) -> IdentityProviders {
    let linked = sent.iter().enumerate().filter(|(_, row)| row.linked == "true");
    let mut links = IdentityProviders::new();
    for (at, row) in linked {
        let alias = faults.required_line("links", &row.alias, 255);
        let user_id = faults.required_line(&format!("links[{at}][user_id]"), &row.user_id, 255);
        let user_name = faults.required_line(&format!("links[{at}][user_name]"), &row.user_name, 255);
        let link = IdentityLink {
            user_id: Some(user_id),
            user_name: Some(user_name),
        };
        links.insert(alias, link);
    }
    links
}

/// What there is to choose from, each as far as this person may read it.
pub(super) struct Choices {
    pub roles: Result<Vec<Role>, PortalError>,
    pub providers: Option<Vec<SamlProvider>>,
    pub groups: Vec<Pick>,
    pub found: Found,
    /// Whether groups may be read at all.
    pub may_see_groups: bool,
}

impl Choices {
    /// Asks for all of them at the same time.
    pub(super) async fn load(visit: &Visit, passage: &Passage, fields: &Fields, groups: &[String]) -> Self {
        let may_see_saml = !passage.lacks(known::SAML_VIEWER);
        let may_see_groups = may_see_groups(passage);
        let chosen = fields.list("groups[]", groups);
        let query = fields.text("find", "");
        let roles = async {
            let roles = passage.roles(false).await;
            roles
                .map(|roles| roles.to_vec())
                .map_err(|error| visit.explain(Action::ListRoles, &error))
        };
        let providers = async {
            if !may_see_saml {
                return None;
            }
            passage
                .read(|cluster| async move { cluster.saml_providers().await })
                .await
                .ok()
        };
        let groups = async {
            if !may_see_groups {
                return Default::default();
            }
            let picked = find::picked_groups(passage, &chosen).await;
            (picked, find::groups(visit, &query).await.unwrap_or_default())
        };
        let (roles, providers, (groups, found)) = futures::join!(roles, providers, groups);
        Self {
            roles,
            providers,
            groups,
            found,
            may_see_groups,
        }
    }
}

/// The fields that a new user and a known one have in common.
#[component]
pub(super) fn UserFields(user: User, fields: Fields, choices: Choices) -> impl IntoView {
    let error = fields.error();
    let text = |name: &str, held: &Option<String>| fields.text(name, held.as_deref().unwrap_or_default());
    let held_roles: Vec<String> = user.roles.iter().flatten().map(ToString::to_string).collect();
    let roles = match choices.roles {
        Ok(roles) => view! {
            <RolePicker name="roles[]" label="Roles" roles chosen=fields.list("roles[]", &held_roles)
                hint="At least one. A role gives all of its permissions." error=error.clone()/>
        }
        .into_any(),
        Err(failure) => view! { <TypedRoles fields=fields.clone() held=held_roles failure/> }.into_any(),
    };
    let groups = if choices.may_see_groups {
        view! {
            <SearchPicker name="groups[]" label="Groups" search_label="Search groups" source="/api/groups/find"
                chosen=choices.groups query=fields.text("find", "") found=choices.found.found
                hint="Members of a group have the group's roles as well." error=error.clone()/>
        }
        .into_any()
    } else {
        view! {
            <FieldGroup name="groups" label="Groups">
                <p class="field-hint">"Needs the permission group_viewer. The groups stay as they are."</p>
            </FieldGroup>
        }
        .into_any()
    };
    view! {
        <div class="field-pair">
            <TextField name="first_name" label="First name" maxlength=255 value=text("first_name", &user.first_name)
                error=error.clone()/>
            <TextField name="last_name" label="Last name" maxlength=255 value=text("last_name", &user.last_name)
                error=error.clone()/>
        </div>
        <TextField name="email" label="E-mail" kind=FieldKind::Email maxlength=254 value=text("email", &user.email)
            error=error.clone()/>
        {roles}
        {groups}
        <Links user fields=fields.clone() providers=choices.providers/>
    }
    .into_any()
}

/// Roles as names, for somebody who may change users and not read roles.
#[component]
fn TypedRoles(fields: Fields, held: Vec<String>, failure: PortalError) -> impl IntoView {
    let chosen = fields.list("roles[]", &held);
    let boxes = chosen.into_iter().map(|role| {
        view! {
            <li>
                <label class="check-line"><input type="checkbox" name="roles[]" value=role.clone() checked/>{role}</label>
            </li>
        }
    });
    let boxes = boxes.collect_view();
    view! {
        <FieldGroup name="roles[]" label="Roles" error=fields.error()>
            <Notice tone=Tone::Warning title="The roles of the cluster could not be read.">
                {failure.detail.unwrap_or(failure.title)}
            </Notice>
            <ul class="pick">{boxes}</ul>
            <label>"Another role, by its name" <input type="text" name="roles[]" maxlength="255" autocomplete="off"/></label>
        </FieldGroup>
    }
    .into_any()
}

/// One row for each SAML provider: linked or not, and who the user is there.
#[component]
fn Links(user: User, fields: Fields, providers: Option<Vec<SamlProvider>>) -> impl IntoView {
    let Some(providers) = providers else {
        return ().into_any();
    };
    let is_told = user.identity_providers.is_some() || user.id.is_empty();
    let held = user.identity_providers.clone().unwrap_or_default();
    let usual = user.email.clone().unwrap_or_default();
    let is_empty = providers.is_empty();
    let rows = providers.into_iter().enumerate().map(|(at, provider)| {
        let alias = provider.alias.to_string();
        let link = held.get(&alias);
        let name = |field: &str| format!("links[{at}][{field}]");
        let there = |text: Option<&String>| text.cloned().unwrap_or_else(|| usual.clone());
        let label = provider.display_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| alias.clone());
        view! {
            <li>
                <input type="hidden" name=name("alias") value=alias.clone()/>
                <CheckField name=name("linked") label=format!("Linked to {label} ({alias})")
                    checked=fields.flag(&name("linked"), link.is_some())/>
                <div class="field-pair">
                    <TextField name=name("user_id") label="User id there" maxlength=255 error=fields.error()
                        value=fields.text(&name("user_id"), &there(link.and_then(|link| link.user_id.as_ref())))/>
                    <TextField name=name("user_name") label="User name there" maxlength=255 error=fields.error()
                        value=fields.text(&name("user_name"), &there(link.and_then(|link| link.user_name.as_ref())))/>
                </div>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <FieldGroup name="links" label="Identity providers" error=fields.error()>
            {(!is_told).then(|| view! {
                <p class="field-hint">
                    "The cluster does not tell which of these the user is linked to. With none ticked, the links stay as they are; what is ticked takes the place of all of them."
                </p>
            })}
            {if is_empty {
                view! { <EmptyState title="No SAML providers" hint="Create one under SAML to link users to it."/> }.into_any()
            } else {
                view! { <ul class="pick">{rows}</ul> }.into_any()
            }}
        </FieldGroup>
    }
    .into_any()
}

/// What the cluster refuses, at the field that it is about.
pub(super) fn at_the_field(error: PortalError) -> PortalError {
    crate::form::at_field(
        error,
        &[
            ("password", "password"),
            ("same username", "username"),
            ("user name", "username"),
            ("username", "username"),
            ("email", "email"),
            ("e-mail", "email"),
            ("role", "roles"),
            ("group", "groups"),
            ("identity provider", "links"),
            ("provider", "links"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent<'a>(roles: &'a [String], links: &'a [LinkRow]) -> Sent<'a> {
        Sent {
            email: " ana@example.com ",
            first_name: "Ana",
            last_name: "",
            roles,
            groups: &[],
            links,
        }
    }

    #[test]
    fn what_others_changed_meanwhile_stays() {
        let now = User {
            roles: Some(vec!["old".into(), "added-by-another".into()]),
            ..User::default()
        };
        let wanted = Wanted {
            roles: vec!["new".into()],
            ..Wanted::default()
        };
        let over = wanted.over(&now, &["old".to_owned()], &[]);
        assert_eq!(over.roles, ["added-by-another", "new"].map(RoleName::from));
    }

    #[test]
    fn row_75_a_user_without_a_role_is_refused() {
        let mut faults = Faults::default();
        let wanted = read(&sent(&[], &[]), &mut faults);
        need_role(&wanted.roles, &mut faults);
        let error = faults.finish().expect_err("no role");
        assert_eq!(error.fields[0].field, "roles");
    }

    #[test]
    fn row_21_links_are_an_object_by_alias() {
        let rows = [
            LinkRow {
                alias: "AWS-IDP".into(),
                linked: "true".into(),
                user_id: "ana@example.com".into(),
                user_name: "ana".into(),
            },
            LinkRow {
                alias: "AZURE-IDP".into(),
                ..LinkRow::default()
            },
        ];
        let mut faults = Faults::default();
        let wanted = read(&sent(&["auditor".to_owned()], &rows), &mut faults);
        assert_eq!(faults.finish(), Ok(()));
        assert_eq!(wanted.email, "ana@example.com");
        assert_eq!(wanted.links.keys().collect::<Vec<_>>(), ["AWS-IDP"]);
        assert_eq!(wanted.links["AWS-IDP"].user_name.as_deref(), Some("ana"));
    }

    #[test]
    fn a_link_says_who_the_user_is_there() {
        let rows = [LinkRow {
            alias: "AWS-IDP".into(),
            linked: "true".into(),
            ..LinkRow::default()
        }];
        let mut faults = Faults::default();
        read(&sent(&["auditor".to_owned()], &rows), &mut faults);
        let error = faults.finish().expect_err("nobody is named");
        let fields: Vec<_> = error.fields.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["links[0][user_id]", "links[0][user_name]"]);
    }
}
