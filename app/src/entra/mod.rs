//! The federation with Microsoft Entra ID: its configuration, searching it, and importing users and groups from it.

mod browse;
mod config;
mod import;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::entra::{self, Candidate, ConfigForm, EntraError, ImportForm, ObjectKind};
use protegrity::EntraTest;
use secrecy::SecretString;

pub use self::{
    browse::{group, groups, users},
    config::{edit, overview},
    import::{csv, import, report},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, FieldError, PortalError},
    flash::Done,
    form::shown_again,
    jobs::start_once,
    links,
    pickers::Found,
    ui::{EmptyState, LinkButton, Page, Pick, grouped},
};

/// The configuration.
const CONFIG: &str = "/entra";
/// Its form.
const EDIT: &str = "/entra/edit";
/// The users of Entra ID.
const USERS: &str = "/entra/users";
/// The groups of Entra ID.
const GROUPS: &str = "/entra/groups";
/// The import.
const IMPORT: &str = "/entra/import";

/// The pages of the area with their labels.
const TABS: [(&str, &str); 4] = [
    (CONFIG, "Configuration"),
    (USERS, "Users in Entra ID"),
    (GROUPS, "Groups in Entra ID"),
    (IMPORT, "Import"),
];

/// The name under which the form reports that a test passed.
const TEST_PASSED: &str = "test_passed";

/// Stores the configuration, or with `step=test` tries what was typed without storing it: then the form comes back
/// whatever the outcome.
#[server(prefix = "/api", endpoint = "entra/save")]
pub async fn save_entra(
    #[server(flatten)] form: ConfigForm,
    #[server(default)] client_secret: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let secret = SecretString::from(client_secret);
    if step == "test" {
        let operation = context.begin(Action::TestEntra, Target::portal()).await?;
        let users = tested(&context, entra::test_form(&operation, &form, secret).await?)?;
        return Err(PortalError {
            fields: vec![FieldError {
                field: TEST_PASSED.to_owned(),
                message: format!("The connection works. {users} Nothing was stored."),
            }],
            ..shown_again()
        });
    }
    let operation = context.begin(Action::ConfigureEntra, Target::portal()).await?;
    let saved = entra::save(&context.services, &operation, &form, secret).await?;
    let detail = if saved.enabled {
        "Test the connection before it is used."
    } else {
        "It is not enabled: Entra ID cannot be searched or imported from."
    };
    Ok(Done::new("The Entra ID configuration is stored.")
        .with_detail(detail)
        .with_read_back(Some(&saved.read_back))
        .with_next(CONFIG))
}

/// Tests the connection with the stored configuration.
#[server(prefix = "/api", endpoint = "entra/test")]
pub async fn test_entra() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::TestEntra, stored()).await?;
    let users = tested(&context, entra::test_stored(&operation).await?)?;
    Ok(Done::new("The connection to Entra ID works.").with_detail(users))
}

/// Deletes the configuration.
#[server(prefix = "/api", endpoint = "entra/delete")]
pub async fn delete_entra() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::DeleteEntra, stored()).await?;
    entra::delete(&context.services, &operation).await?;
    Ok(Done::new("The Entra ID configuration is deleted.")
        .with_detail("Users and groups that were imported stay.")
        .with_next(CONFIG))
}

/// Users of Entra ID that match; an empty search matches all (notes, row 58).
#[server(prefix = "/api", endpoint = "entra/find/users")]
pub async fn find_entra_users(#[server(default)] q: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    Ok(Done::answer(&find(&context, ObjectKind::Users, &q).await?))
}

/// Groups of Entra ID that match.
#[server(prefix = "/api", endpoint = "entra/find/groups")]
pub async fn find_entra_groups(#[server(default)] q: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    Ok(Done::answer(&find(&context, ObjectKind::Groups, &q).await?))
}

/// Makes a dry run of an import. With `step=find` the form comes back with the matches.
#[server(prefix = "/api", endpoint = "entra/dry-run")]
pub async fn dry_run_import(
    #[server(flatten)] form: ImportForm,
    #[server(default)] step: String,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let operation = context.begin(Action::ImportFromEntra, Target::portal()).await?;
    let start = |once| entra::dry_run(&context.services, &operation, &form, once);
    start_once(&context, &operation, &once, start).await
}

impl From<EntraError> for PortalError {
    fn from(error: EntraError) -> Self {
        operations::Error::from(error).into()
    }
}

fn stored() -> Target {
    Target::of("Entra ID configuration", "as stored")
}

/// How many users a test found. One that was made and failed is an error like one that could not be made.
fn tested(context: &RequestContext, test: EntraTest) -> Result<String, PortalError> {
    if test.succeeded {
        return Ok(counted(&test));
    }
    let said = test.message.map(|words| format!("The cluster said: {words}"));
    Err(PortalError {
        request_id: Some(context.origin.request_id.clone()),
        ..PortalError::new(ErrorKind::Invalid, "The connection to Entra ID does not work.")
            .with_detail(said.unwrap_or_else(|| "The cluster gave no reason.".to_owned()))
    })
}

fn counted(test: &EntraTest) -> String {
    let tenant = test.tenant_id.as_deref().filter(|id| !id.is_empty());
    let tenant = tenant.map_or_else(|| "The tenant".to_owned(), |id| format!("The tenant {id}"));
    match test.user_count.and_then(|count| u64::try_from(count).ok()) {
        Some(1) => format!("{tenant} has one user."),
        Some(count) => format!("{tenant} has {} users.", grouped(count)),
        None => format!("{tenant} answered."),
    }
}

/// The matches for a picker.
async fn find(context: &RequestContext, kind: ObjectKind, text: &str) -> Result<Found, PortalError> {
    let operation = context.begin(Action::ViewEntra, Target::portal()).await?;
    let found = entra::find(&operation, kind, text).await?;
    Ok(Found {
        found: found.candidates.iter().map(pick).collect(),
        more: found.more,
    })
}

fn pick(candidate: &Candidate) -> Pick {
    Pick {
        value: candidate.value(),
        label: candidate.name().to_owned(),
        detail: candidate.detail(),
    }
}

/// A page of the area: the tabs, and the content or why there is none.
fn page(title: impl Into<String>, here: &'static str, content: Result<AnyView, EntraError>) -> PageResult {
    let content = match content {
        Ok(content) => content,
        Err(EntraError::Unavailable(reason)) => view! {
            <EmptyState title=reason.to_string() hint=reason.hint()>
                <LinkButton label="To the configuration" href=CONFIG primary=true/>
            </EmptyState>
        }
        .into_any(),
        Err(EntraError::Operation(error)) => {
            let mut error = PortalError::from(error);
            // What Entra ID itself refuses is found where the connection can be tested.
            if error.kind == ErrorKind::Invalid {
                let detail = error.detail.unwrap_or_default();
                error.detail = Some(format!("{detail} Test the connection on the page “Entra ID”."));
            }
            return Err(error);
        }
    };
    Ok(Page::new(title, view! { <Tabs here/>{content} }))
}

/// Links between the pages of the area.
#[component]
fn Tabs(
    /// The one that is shown.
    here: &'static str,
) -> impl IntoView {
    let links = TABS.map(|(path, name)| {
        view! { <li><a href=path aria-current=(path == here).then_some("page")>{name}</a></li> }
    });
    view! {
        <nav class="tabs" aria-label="Entra ID">
            <ul>{links.to_vec()}</ul>
        </nav>
    }
    .into_any()
}

/// The cells of a row: see [`Candidate::cells`].
fn cells(candidate: &Candidate) -> AnyView {
    let [first, second, third] = candidate.cells().map(or_dash);
    match candidate {
        Candidate::User(_) => view! {
            <th scope="row"><bdi>{first}</bdi></th>
            <td><bdi>{second}</bdi></td>
            <td><bdi>{third}</bdi></td>
        }
        .into_any(),
        Candidate::Group(group) => view! {
            <th scope="row"><a href=links::entra_group(group)><bdi>{first}</bdi></a></th>
            <td class="wraps"><bdi>{second}</bdi></td>
            <td><code>{third}</code></td>
        }
        .into_any(),
    }
}

fn or_dash(text: String) -> String {
    if text.trim().is_empty() {
        "—".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_test_count_the_users() {
        let test = |tenant: Option<&str>, user_count| EntraTest {
            tenant_id: tenant.map(str::to_owned),
            user_count,
            ..EntraTest::default()
        };
        assert_eq!(
            counted(&test(Some("t"), Some(1200))),
            "The tenant t has 1,200 users."
        );
        assert_eq!(counted(&test(None, Some(1))), "The tenant has one user.");
        assert_eq!(counted(&test(Some(""), Some(-1))), "The tenant answered.");
    }
}
