//! The form of an import: who, with which roles, through which identity providers.

use gate::{Action, Passage, Target};
use leptos::prelude::*;
use protegrity::{Role, SamlProvider, permissions as known};
use server_fn::ServerFn;
use url::form_urlencoded;

use super::{
    super::{
        FindEntraGroups, FindEntraUsers, IMPORT,
        chosen::{Item, What, read_all},
        find::{Offer, offered},
        trouble::{Trouble, TroubleView},
    },
    actions::TryEntraImport,
    order::{MOST_CHOSEN, Order},
    page::{Steps, ready},
};
use crate::{
    error::{ErrorKind, PortalError},
    form::Fields,
    ui::{
        CheckField, ErrorState, FieldGroup, Notice, Pick, PostForm, RolePicker, SearchPicker, Section,
        SubmitButton, TextField, Tone, missing_permission,
    },
    visit::Visit,
};

/// How many an address can choose: as many as a list of them has boxes.
const MOST_PICKED: usize = 100;

/// What the form shows beside what was typed.
struct Choices {
    roles: Result<Vec<Role>, PortalError>,
    /// `None` where they may not be read.
    providers: Option<Result<Vec<SamlProvider>, PortalError>>,
    /// What the button "Find" found, without script.
    offer: Result<Offer, PortalError>,
}

#[component]
pub(super) fn ChoosePage(visit: Visit, what: What) -> impl IntoView {
    view! {
        {Suspend::new(async move {
            let fields = visit.fields(TryEntraImport::url());
            match load(&visit, what, &fields).await {
                Ok(choices) => view! { <ChooseForm visit what fields choices/> }.into_any(),
                Err(trouble) => view! { <TroubleView visit trouble/> }.into_any(),
            }
        })}
    }
    .into_any()
}

/// Asks for all of it at the same time.
async fn load(visit: &Visit, what: What, fields: &Fields) -> Result<Choices, Trouble> {
    let passage = visit
        .open(Action::ImportFromEntra, Target::portal())
        .map_err(Trouble::Failed)?;
    let offer = async {
        if fields.text("step", "") == "find" {
            offered(visit, what, &fields.text("find", ""))
                .await
                .map_err(Trouble::into_error)
        } else {
            Ok(Offer::default())
        }
    };
    let (ready, roles, providers, offer) = futures::join!(
        ready(visit),
        roles(visit, &passage),
        providers(visit, &passage),
        offer
    );
    ready?;
    Ok(Choices {
        roles,
        providers,
        offer,
    })
}

async fn roles(visit: &Visit, passage: &Passage) -> Result<Vec<Role>, PortalError> {
    if passage.lacks(known::ROLE_VIEWER) {
        return Err(PortalError::new(
            ErrorKind::Forbidden,
            "The roles of the cluster may not be listed.",
        )
        .with_detail(missing_permission::<String>(known::ROLE_VIEWER, &[])));
    }
    let roles = passage.roles(false).await;
    roles
        .map(|roles| roles.to_vec())
        .map_err(|error| visit.explain(Action::ListRoles, &error))
}

async fn providers(visit: &Visit, passage: &Passage) -> Option<Result<Vec<SamlProvider>, PortalError>> {
    if passage.lacks(known::SAML_VIEWER) {
        return None;
    }
    let providers = passage
        .read(|cluster| async move { cluster.saml_providers().await })
        .await;
    Some(providers.map_err(|error| visit.explain(Action::ListSamlProviders, &error)))
}

/// What the form begins with: a dry run that is to be changed, or what the address chose.
fn beginning(visit: &Visit, what: What) -> Order {
    let from = visit.query_value("from").zip(visit.visitor.as_ref());
    let from = from.and_then(|(id, visitor)| visit.plans.look(visitor, &id, visit.gate.now()));
    if let Some((plan, _)) = from.filter(|(plan, _)| plan.order.what == what) {
        return plan.order.clone();
    }
    let picked = form_urlencoded::parse(visit.query.as_bytes()).filter(|(name, _)| name == "pick");
    let picked: Vec<String> = picked
        .take(MOST_PICKED)
        .map(|(_, value)| value.into_owned())
        .collect();
    Order {
        what,
        items: read_all(what, &picked).0,
        ..Order::default()
    }
}

#[component]
fn ChooseForm(visit: Visit, what: What, fields: Fields, choices: Choices) -> impl IntoView {
    let error = fields.error();
    let start = beginning(&visit, what);
    let (_, many) = what.noun();
    let chosen = view! { <ChosenField what fields=fields.clone() start=start.clone() offer=choices.offer/> }
        .into_any();
    let people = match what {
        What::Users => {
            view! { <RolesField roles=choices.roles fields=fields.clone() start=start.clone() what/> }
                .into_any()
        }
        What::Groups => {
            view! { <MembersFields roles=choices.roles fields=fields.clone() start=start.clone()/> }
                .into_any()
        }
    };
    let providers = view! { <ProvidersField providers=choices.providers fields start/> }.into_any();
    view! {
        <Steps shown=(1, 2)/>
        <PostForm action=TryEntraImport::url() error=error.clone() class="form page" finds=true
            hidden=vec![("what", what.name().to_owned())]>
            <Section title=format!("1. Choose {many}")>
                {chosen}
            </Section>
            <Section title="2. Roles and identity providers">
                {people}
                {providers}
            </Section>
            <div class="form-actions">
                <a class="button" href=IMPORT>"Cancel"</a>
                <SubmitButton label="Dry run"/>
            </div>
            <p class="field-hint">
                "The dry run asks the cluster what would happen, and imports nobody. What it found is shown before anything is imported."
            </p>
        </PostForm>
    }
    .into_any()
}

/// Those who are chosen, and the search for more.
#[component]
fn ChosenField(what: What, fields: Fields, start: Order, offer: Result<Offer, PortalError>) -> impl IntoView {
    let values: Vec<String> = start.items.iter().map(Item::value).collect();
    let (items, _) = read_all(what, &fields.list("chosen[]", &values));
    let chosen: Vec<Pick> = items.iter().map(Item::pick).collect();
    let (offer, failure) = match offer {
        Ok(offer) => (offer, None),
        Err(error) => (Offer::default(), Some(error)),
    };
    let (label, search_label, source, many) = match what {
        What::Users => (
            "Users to import",
            "Search users in Entra ID",
            FindEntraUsers::url(),
            "users",
        ),
        What::Groups => (
            "Groups to import",
            "Search groups in Entra ID",
            FindEntraGroups::url(),
            "groups",
        ),
    };
    let hint = match offer.more {
        0 => format!(
            "Several searches add up, to {MOST_CHOSEN} {many} at most. Untick whoever is not to be imported."
        ),
        more => format!("{more} more match: type more to find them."),
    };
    view! {
        {failure.map(|error| view! { <Notice tone=Tone::Bad title=error.title detail=error.detail request_id=error.request_id/> })}
        <SearchPicker name="chosen[]" label search_label source chosen query=fields.text("find", "") found=offer.found hint
            error=fields.error()/>
    }
    .into_any()
}

/// The roles, as a list where it may be read, or else by their names.
#[component]
fn RolesField(
    roles: Result<Vec<Role>, PortalError>,
    fields: Fields,
    start: Order,
    what: What,
) -> impl IntoView {
    let (label, hint) = match what {
        What::Users => (
            "Roles of the users",
            "Everybody who is imported gets these. At least one is needed.",
        ),
        What::Groups => (
            "Roles of the members",
            "Needed when members are imported, and not used otherwise.",
        ),
    };
    let chosen = fields.list("roles[]", &start.roles);
    let error = fields.error();
    match roles {
        Ok(roles) => view! { <RolePicker name="roles[]" label roles chosen hint error/> }.into_any(),
        Err(failure) => {
            let typed = fields.text("role_names", &chosen.join(", "));
            view! {
                <FieldGroup name="roles" label hint error>
                    <ErrorState error=failure/>
                    <TextField name="role_names" label="Names of roles, with commas between them" value=typed maxlength=2000/>
                </FieldGroup>
            }
            .into_any()
        }
    }
}

#[component]
fn MembersFields(roles: Result<Vec<Role>, PortalError>, fields: Fields, start: Order) -> impl IntoView {
    view! {
        <CheckField name="import_members" label="Import the members of the groups"
            checked=fields.flag("import_members", start.import_members)
            hint="Members who are not in the cluster yet become users. Otherwise the groups come without members."
            error=fields.error()/>
        <RolesField roles fields start what=What::Groups/>
    }
    .into_any()
}

#[component]
fn ProvidersField(
    providers: Option<Result<Vec<SamlProvider>, PortalError>>,
    fields: Fields,
    start: Order,
) -> impl IntoView {
    const HINT: &str = "SAML providers through which those who are imported can sign in. Without one, a user needs a password before that.";
    let chosen = fields.list("identity_providers[]", &start.providers);
    let content = match providers {
        None => view! {
            <p class="field-hint">{missing_permission::<String>(known::SAML_VIEWER, &[])}</p>
        }
        .into_any(),
        Some(Err(error)) => view! { <ErrorState error/> }.into_any(),
        Some(Ok(providers)) if providers.is_empty() => {
            view! { <p class="field-hint">"The cluster has no SAML providers."</p> }.into_any()
        }
        Some(Ok(providers)) => {
            let boxes = providers.into_iter().map(|provider| {
                let checked = chosen.iter().any(|alias| alias == provider.alias.as_str());
                provider_box(provider, checked)
            });
            view! { <ul class="pick">{boxes.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <FieldGroup name="identity_providers[]" label="Identity providers" hint=HINT error=fields.error()>{content}</FieldGroup>
    }
    .into_any()
}

fn provider_box(provider: SamlProvider, checked: bool) -> impl IntoView {
    let alias = provider.alias.to_string();
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
}
