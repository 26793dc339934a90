//! The form of an import: what, with which roles, through which identity providers.

use std::sync::Arc;

use gate::Operation;
use leptos::prelude::*;
use operations::{
    entra::{
        self, Candidate, EntraError, ImportRequest, MAX_CANDIDATES, ObjectKind, check_available, read_all,
    },
    saml,
};
use protegrity::{Role, SamlProvider};
use server_fn::ServerFn;
use url::form_urlencoded;

use super::{
    super::{DryRunImport, FindEntraGroups, FindEntraUsers, IMPORT, find, pick},
    Steps,
};
use crate::{
    context::RequestContext,
    error::PortalError,
    form::Fields,
    pickers::Found,
    ui::{
        Caution, CheckField, FieldGroup, Notice, PostForm, RolePicker, SearchPicker, Section, SubmitButton,
        TextField, Tone,
    },
};

/// How many rows an address can select: as many as a list of them has boxes.
const MAX_PICKED: usize = 100;

/// The form.
pub(super) async fn view(
    context: &RequestContext,
    operation: &Operation,
    kind: ObjectKind,
) -> Result<AnyView, EntraError> {
    let fields = context.fields(DryRunImport::url());
    let found = async {
        if fields.text("step", "") == "find" {
            find(context, kind, &fields.text("find", "")).await
        } else {
            Ok(Found::default())
        }
    };
    let (available, roles, providers, found) = futures::join!(
        check_available(operation),
        context.services.visible_roles(operation),
        saml::providers(operation),
        found
    );
    available?;
    let start = start(context, operation, kind).await;
    let error = fields.error();
    let members = (kind == ObjectKind::Groups).then(|| {
        view! {
            <CheckField name="import_members" label="Import the members of the groups"
                checked=fields.flag("import_members", start.import_members)
                hint="Members who are not in the cluster yet become users. Otherwise the groups come without members."
                error=error.clone()/>
        }
    });
    let selection = selection(kind, &fields, &start, found);
    let roles = roles_field(kind, &fields, &start, roles.map_err(Into::into));
    let providers = providers_field(&fields, &start, providers.map_err(Into::into));
    let form = view! {
        <Steps shown=(1, 2)/>
        <PostForm action=DryRunImport::url() error class="form page" finds=true once=true
            hidden=vec![("what", kind.name().to_owned())]>
            <Section title=format!("1. Choose {}", kind.name())>{selection}</Section>
            <Section title="2. Roles and identity providers">{members}{roles}{providers}</Section>
            <div class="form-actions">
                <a class="button" href=IMPORT>"Cancel"</a>
                <SubmitButton label="Dry run"/>
            </div>
            <p class="field-hint">
                "The dry run asks the cluster what would happen, and imports nothing. Its results are shown before anything is imported."
            </p>
        </PostForm>
    };
    Ok(form.into_any())
}

/// The values that the form begins with: a dry run that is to be changed, or what the address selects.
async fn start(context: &RequestContext, operation: &Operation, kind: ObjectKind) -> ImportRequest {
    if let Some(id) = context.query_value("from") {
        let from = entra::request_of(&context.services, operation, &id.as_str().into()).await;
        if let Ok(Some(request)) = from
            && request.kind == kind
        {
            return request;
        }
    }
    let picked = form_urlencoded::parse(context.query.as_bytes()).filter(|(name, _)| name == "pick");
    let picked: Vec<String> = picked
        .take(MAX_PICKED)
        .map(|(_, value)| value.into_owned())
        .collect();
    ImportRequest {
        kind,
        candidates: read_all(kind, &picked).0,
        ..ImportRequest::default()
    }
}

/// The selected rows, and the search for more.
fn selection(
    kind: ObjectKind,
    fields: &Fields,
    start: &ImportRequest,
    found: Result<Found, PortalError>,
) -> AnyView {
    let values: Vec<String> = start.candidates.iter().map(Candidate::value).collect();
    let (candidates, _) = read_all(kind, &fields.list("chosen[]", &values));
    let chosen = candidates.iter().map(pick).collect();
    let (found, failure) = match found {
        Ok(found) => (found, None),
        Err(error) => (Found::default(), Some(error)),
    };
    let (label, search_label, source) = match kind {
        ObjectKind::Users => (
            "Users to import",
            "Search users in Entra ID",
            FindEntraUsers::url(),
        ),
        ObjectKind::Groups => (
            "Groups to import",
            "Search groups in Entra ID",
            FindEntraGroups::url(),
        ),
    };
    let hint = match found.more {
        0 => format!(
            "Several searches add up, to {MAX_CANDIDATES} {} at most. Untick those that are not to be imported.",
            kind.name()
        ),
        more => format!("{more} more match: type more to find them."),
    };
    view! {
        {failure.map(|error| view! { <Notice tone=Tone::Bad title=error.title detail=error.detail request_id=error.request_id/> })}
        <SearchPicker name="chosen[]" label search_label source chosen query=fields.text("find", "") found=found.found hint
            error=fields.error()/>
    }
    .into_any()
}

/// The roles: a list where it may be read, or else their names.
fn roles_field(
    kind: ObjectKind,
    fields: &Fields,
    start: &ImportRequest,
    roles: Result<Arc<Vec<Role>>, PortalError>,
) -> AnyView {
    let (label, hint) = match kind {
        ObjectKind::Users => (
            "Roles of the users",
            "Every imported user gets these. At least one is needed.",
        ),
        ObjectKind::Groups => (
            "Roles of the members",
            "Needed when members are imported, and not used otherwise.",
        ),
    };
    let chosen = fields.list("roles[]", &start.roles);
    let error = fields.error();
    match roles {
        Ok(roles) => {
            view! { <RolePicker name="roles[]" label roles=roles.to_vec() chosen hint error/> }.into_any()
        }
        Err(failure) => {
            let typed = fields.text("role_names", &chosen.join(", "));
            view! {
                <FieldGroup name="roles" label hint error>
                    {unread("The roles of the cluster could not be read.", failure)}
                    <TextField name="role_names" label="Names of roles, with commas between them" value=typed maxlength=2000/>
                </FieldGroup>
            }
            .into_any()
        }
    }
}

fn providers_field(
    fields: &Fields,
    start: &ImportRequest,
    providers: Result<Vec<SamlProvider>, PortalError>,
) -> AnyView {
    const HINT: &str = "SAML providers through which imported users can sign in. Without one, a user needs a password before that.";
    let chosen = fields.list("identity_providers[]", &start.identity_providers);
    let content = match providers {
        Err(failure) => unread("The SAML providers could not be read.", failure),
        Ok(providers) if providers.is_empty() => {
            view! { <p class="field-hint">"The cluster has no SAML providers."</p> }.into_any()
        }
        Ok(providers) => {
            let boxes = providers.into_iter().map(|provider| {
                let alias = provider.alias.to_string();
                let checked = chosen.contains(&alias);
                let is_off = provider.enabled == Some(false);
                view! {
                    <li>
                        <label class="check-line">
                            <input type="checkbox" name="identity_providers[]" value=alias.clone() checked=checked/>
                            <span class="pick-name">{alias}</span>
                            <span class="pick-about">{provider.display_name}{is_off.then_some(" (not enabled)")}</span>
                        </label>
                    </li>
                }
            });
            view! { <ul class="pick">{boxes.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <FieldGroup name="identity_providers[]" label="Identity providers" hint=HINT error=fields.error()>{content}</FieldGroup>
    }
    .into_any()
}

fn unread(title: &'static str, error: PortalError) -> AnyView {
    view! { <Caution title detail=error.detail.unwrap_or(error.title)/> }.into_any()
}
