//! The one table of addresses: a row names the address, the action, and the function.
//!
//! The HTTP layer makes the router and its guard from it; the navigation, the exports, the authorisation walk and the
//! list of pages for the browser tests come from it too. A page or function that is not in it does not exist.

use std::{
    pin::Pin,
    sync::{Arc, LazyLock},
};

use gate::Action;
use leptos::{
    reactive::{computed::ScopedFuture, owner::Owner},
    server_fn::{
        ServerFn,
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::de::DeserializeOwned;

use crate::{
    access,
    answer::{Content, Download, Events, PageResult},
    approvals,
    context::RequestContext,
    deployments, entra,
    error::PortalError,
    flash::Done,
    gallery, groups, jobs, mail, overview, packages, password_policy, people, pickers, policy, roles, saml,
    services, session, shell, sign_in,
    site_map::{NavigationItem, Place, SiteMap},
    ui::Page,
    users,
};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

type Loader<T> = Arc<dyn Fn(RequestContext) -> BoxFuture<Result<T, PortalError>> + Send + Sync>;
type FormHandler = Arc<dyn Fn(RequestContext, Vec<u8>) -> BoxFuture<Result<Done, PortalError>> + Send + Sync>;

/// What an address does.
#[derive(Clone)]
pub enum Handler {
    /// `GET`: loads, then renders.
    Page(Loader<Page>),
    /// `POST`: carries out a server function.
    Form(FormHandler),
    /// `GET`: a file.
    Export(Loader<Download>),
    /// `GET`: a stream of events.
    Events(Loader<Events>),
}

/// One row of the table.
#[derive(Clone)]
pub struct Route {
    /// The address, with `{name}` for a segment.
    pub path: &'static str,
    /// The action that it is.
    pub action: Action,
    /// The function.
    pub handler: Handler,
    /// Its place in the navigation, where it has one.
    pub navigation: Option<NavigationItem>,
    /// Whether it exists in demo mode only.
    pub demo_only: bool,
    /// Whether its form may carry a file, and so come in the encoding that files need.
    pub takes_file: bool,
}

impl Route {
    fn new(path: &'static str, action: Action, handler: Handler) -> Self {
        Self {
            path,
            action,
            handler,
            navigation: None,
            demo_only: false,
            takes_file: false,
        }
    }

    fn navigation(mut self, section: &'static str, label: &'static str, icon: &'static str) -> Self {
        self.navigation = Some(NavigationItem { section, label, icon });
        self
    }

    fn demo_only(mut self) -> Self {
        self.demo_only = true;
        self
    }

    fn takes_file(mut self) -> Self {
        self.takes_file = true;
        self
    }

    /// Whether this is a page.
    pub fn is_page(&self) -> bool {
        matches!(self.handler, Handler::Page(_))
    }
}

fn page<F, T>(path: &'static str, action: Action, load: F) -> Route
where
    F: Fn(RequestContext) -> T + Send + Sync + 'static,
    T: Future<Output = PageResult> + Send + 'static,
{
    Route::new(
        path,
        action,
        Handler::Page(Arc::new(move |context| Box::pin(load(context)))),
    )
}

fn export<F, T>(path: &'static str, action: Action, name: &'static str, load: F) -> Route
where
    F: Fn(RequestContext) -> T + Send + Sync + 'static,
    T: Future<Output = Result<String, PortalError>> + Send + 'static,
{
    let handler = move |context| -> BoxFuture<_> {
        let csv = load(context);
        Box::pin(async move {
            Ok(Download {
                name,
                content: Content::Csv(csv.await?),
            })
        })
    };
    Route::new(path, action, Handler::Export(Arc::new(handler)))
}

/// A file that is no list.
fn file<F, T>(path: &'static str, action: Action, load: F) -> Route
where
    F: Fn(RequestContext) -> T + Send + Sync + 'static,
    T: Future<Output = Result<Download, PortalError>> + Send + 'static,
{
    let handler = move |context| -> BoxFuture<_> { Box::pin(load(context)) };
    Route::new(path, action, Handler::Export(Arc::new(handler)))
}

fn events<F, T>(path: &'static str, action: Action, open: F) -> Route
where
    F: Fn(RequestContext) -> T + Send + Sync + 'static,
    T: Future<Output = Result<Events, PortalError>> + Send + 'static,
{
    Route::new(
        path,
        action,
        Handler::Events(Arc::new(move |context| Box::pin(open(context)))),
    )
}

/// A form, or a script, calls a server function: the body is decoded into the struct that `#[server]` makes, and its
/// body runs with the request's context.
fn form<F>(action: Action) -> Route
where
    F: ServerFn<Output = Done, Error = PortalError> + DeserializeOwned + Send + 'static,
{
    let handler = |context: RequestContext, body: Vec<u8>| -> BoxFuture<Result<Done, PortalError>> {
        let decoded = serde_qs::Config::new(5, false).deserialize_bytes::<F>(&body);
        Box::pin(async move {
            let function = decoded.map_err(|error| {
                PortalError::from_server_fn_error(ServerFnErrorErr::Args(error.to_string()))
            })?;
            let owner = Owner::new();
            let run = owner.with(|| {
                leptos::prelude::provide_context(context);
                ScopedFuture::new(function.run_body())
            });
            run.await
        })
    };
    Route::new(F::PATH, action, Handler::Form(Arc::new(handler)))
}

/// Every row.
pub fn table() -> &'static [Route] {
    static TABLE: LazyLock<Vec<Route>> = LazyLock::new(routes);
    &TABLE
}

/// The map of the pages, for the navigation and for links to actions.
pub fn site_map() -> &'static SiteMap {
    static MAP: LazyLock<SiteMap> = LazyLock::new(|| {
        let places = table().iter().map(|route| Place {
            path: route.path,
            action: route.action,
            is_page: route.is_page(),
            navigation: route.navigation,
        });
        SiteMap::new(places.collect())
    });
    &MAP
}

#[rustfmt::skip] // a row stays a row
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn routes() -> Vec<Route> {
    use Action as A;
    vec![
        page("/sign-in", A::SignIn, sign_in::page),
        form::<sign_in::SignIn>(A::SignIn),
        form::<sign_in::SignOut>(A::SignOut),
        form::<shell::SetTheme>(A::ChooseTheme),

        page("/", A::ViewOverview, overview::page).navigation("", "Overview", "overview"),
        page("/jobs", A::ViewJob, jobs::list).navigation("", "Jobs", "columns"),

        page("/people", A::ViewPerson, people::page).navigation("", "People", "user"),
        page("/people/leaver", A::RunGuide, people::leaver),
        page("/people/leaver/review", A::RunGuide, people::review_leaver),
        page("/people/starter", A::RunGuide, people::starter),
        page("/people/starter/review", A::RunGuide, people::review_starter),
        form::<people::FindPeople>(A::ViewPerson),
        form::<people::RunLeaver>(A::RunGuide),
        form::<people::RunStarter>(A::RunGuide),

        page("/users", A::ListUsers, users::list).navigation("Identity", "Users", "users"),
        events("/users/events", A::ListUsers, users::list_events),
        page("/users/new", A::CreateUser, users::new),
        page("/users/many", A::ListUsers, users::many),
        page("/users/import", A::ImportUsers, users::import),
        page("/users/{id}", A::ViewUser, users::detail),
        page("/users/{id}/edit", A::EditUser, users::edit),
        export("/export/users.csv", A::ListUsers, "users", users::export),
        form::<users::LockUser>(A::LockUser),
        form::<users::UnlockUser>(A::UnlockUser),
        form::<users::CreateUser>(A::CreateUser),
        form::<users::EditUser>(A::EditUser),
        form::<users::DeleteUser>(A::DeleteUser),
        form::<users::ResetPassword>(A::ResetPassword),
        form::<pickers::FindUsers>(A::ListUsers),
        form::<users::ManyUsers>(A::ListUsers),
        form::<users::ImportUsers>(A::ImportUsers).takes_file(),

        page("/groups", A::ListGroups, groups::list).navigation("Identity", "Groups", "groups"),
        events("/groups/events", A::ListGroups, groups::list_events),
        page("/groups/new", A::CreateGroup, groups::new),
        page("/groups/{id}", A::ViewGroup, groups::detail),
        page("/groups/{id}/edit", A::UpdateGroup, groups::edit),
        page("/groups/{id}/review", A::UpdateGroup, groups::review),
        export("/export/groups.csv", A::ListGroups, "groups", groups::export),
        form::<pickers::FindGroups>(A::ListGroups),
        form::<groups::CreateGroup>(A::CreateGroup),
        form::<groups::EditGroup>(A::UpdateGroup),
        form::<groups::DeleteGroup>(A::DeleteGroup),

        page("/roles", A::ListRoles, roles::list).navigation("Identity", "Roles", "roles"),
        page("/roles/new", A::CreateRole, roles::new),
        page("/roles/compare", A::ListRoles, roles::compare),
        page("/roles/{name}", A::ViewRole, roles::detail),
        page("/roles/{name}/edit", A::UpdateRole, roles::edit),
        page("/roles/{name}/review", A::UpdateRole, roles::review),
        export("/export/roles.csv", A::ListRoles, "roles", roles::export),
        form::<roles::CreateRole>(A::CreateRole),
        form::<roles::EditRole>(A::UpdateRole),
        form::<roles::DeleteRole>(A::DeleteRole),

        page("/saml", A::ListSamlProviders, saml::list).navigation("Identity", "SAML", "saml"),
        page("/saml/new", A::CreateSamlProvider, saml::new),
        page("/saml/{alias}", A::ViewSamlProvider, saml::detail),
        page("/saml/{alias}/edit", A::UpdateSamlProvider, saml::edit),
        export("/export/saml.csv", A::ListSamlProviders, "saml", saml::export),
        form::<saml::CreateSamlProvider>(A::CreateSamlProvider),
        form::<saml::UpdateSamlProvider>(A::UpdateSamlProvider),
        form::<saml::EnableSamlProvider>(A::UpdateSamlProvider),
        form::<saml::DisableSamlProvider>(A::UpdateSamlProvider),
        form::<saml::CreateSamlMapper>(A::CreateSamlMapper),
        form::<saml::DeleteSamlMapper>(A::DeleteSamlMapper),
        form::<saml::DeleteSamlProvider>(A::DeleteSamlProvider),

        page("/password-policy", A::ViewPasswordPolicy, password_policy::detail).navigation("Identity", "Password policy", "policy"),
        page("/password-policy/edit", A::UpdatePasswordPolicy, password_policy::edit),
        form::<password_policy::UpdatePasswordPolicy>(A::UpdatePasswordPolicy),
        form::<password_policy::CheckPassword>(A::CheckPassword),

        page("/entra", A::ViewEntra, entra::overview).navigation("Identity", "Entra ID", "cloud"),
        page("/entra/edit", A::ConfigureEntra, entra::edit),
        page("/entra/users", A::ViewEntra, entra::users),
        page("/entra/groups", A::ViewEntra, entra::groups),
        page("/entra/groups/{id}", A::ViewEntra, entra::group),
        page("/entra/import", A::ImportFromEntra, entra::import),
        form::<entra::SaveEntra>(A::ConfigureEntra),
        form::<entra::TestEntra>(A::TestEntra),
        form::<entra::FindEntraUsers>(A::ViewEntra),
        form::<entra::FindEntraGroups>(A::ViewEntra),
        form::<entra::DryRunImport>(A::ImportFromEntra),
        form::<entra::DeleteEntra>(A::DeleteEntra),

        page("/access", A::ViewAccess, access::page).navigation("Identity", "Access review", "access"),
        events("/access/events", A::ViewAccess, access::events),
        export("/export/access.csv", A::ViewAccess, "access", access::export),

        page("/jobs/{id}", A::ViewJob, jobs::page),
        events("/jobs/{id}/events", A::ViewJob, jobs::events),
        export("/jobs/{id}/result.csv", A::ViewJob, "result", jobs::result),
        export("/jobs/{id}/unfinished.csv", A::ViewJob, "unfinished", jobs::unfinished),
        form::<jobs::StopJob>(A::ControlJob),
        form::<jobs::RetryJob>(A::ControlJob),
        form::<jobs::ContinueJob>(A::ControlJob),

        page("/policy", A::ViewPolicy, policy::overview).navigation("Data protection", "Policy", "policy"),
        page("/policy/sources", A::ViewPolicy, policy::sources),
        page("/policy/roles", A::ViewPolicy, policy::roles),
        page("/policy/masks", A::ViewPolicy, policy::masks),
        page("/policy/alphabets", A::ViewPolicy, policy::alphabets),
        page("/policy/data-elements", A::ViewPolicy, policy::data_elements),
        page("/policy/policies", A::ViewPolicy, policy::policies),
        page("/policy/applications", A::ViewPolicy, policy::applications),
        page("/policy/data-stores", A::ViewPolicy, policy::data_stores),
        form::<policy::InitializePolicy>(A::InitializePolicy),
        page("/policy/policies/new", A::CreatePolicy, policy::new_policy),
        page("/policy/policies/{uid}", A::ViewPolicy, policy::policy),
        page("/policy/policies/{uid}/rules/new", A::CreateRule, policy::new_rules),
        form::<policy::CreatePolicy>(A::CreatePolicy),
        page("/policy/policies/{uid}/rules/{rule}", A::ViewPolicy, policy::rule),
        form::<policy::CreateRules>(A::CreateRule),
        form::<policy::ChangeRule>(A::ChangeRule),
        form::<policy::DeleteRule>(A::DeleteRule),
        page("/policy/access", A::ViewPolicy, policy::access),
        page("/policy/picture", A::ViewPolicy, policy::picture),
        export("/export/policy-access.csv", A::ViewPolicy, "policy-access", policy::export_access),

        page("/policy/file", A::ViewPolicy, policy::file::page),
        file("/policy/file.yaml", A::ViewPolicy, policy::file::export),
        form::<policy::file::PlanPolicyFile>(A::ImportPolicy).takes_file(),

        page("/policy/sources/new", A::CreateMemberSource, policy::sources::new),
        page("/policy/sources/{uid}", A::ViewPolicy, policy::sources::detail),
        page("/policy/roles/new", A::CreatePolicyRole, policy::roles::new),
        page("/policy/roles/{uid}", A::ViewPolicy, policy::roles::detail),
        page("/policy/masks/new", A::CreateMask, policy::masks::new),
        page("/policy/masks/{uid}", A::ViewPolicy, policy::masks::detail),
        page("/policy/alphabets/new", A::CreateAlphabet, policy::alphabets::new),
        page("/policy/alphabets/{uid}", A::ViewPolicy, policy::alphabets::detail),
        page("/policy/data-elements/new", A::CreateDataElement, policy::data_elements::new),
        page("/policy/data-elements/{uid}", A::ViewPolicy, policy::data_elements::detail),
        page("/policy/data-stores/new", A::CreateDataStore, policy::data_stores::new),
        page("/policy/data-stores/{uid}", A::ViewPolicy, policy::data_stores::detail),
        page("/policy/applications/new", A::CreateApplication, policy::applications::new),
        page("/policy/applications/{uid}", A::ViewPolicy, policy::applications::detail),
        form::<policy::sources::CreateMemberSource>(A::CreateMemberSource),
        form::<policy::roles::CreatePolicyRole>(A::CreatePolicyRole),
        form::<policy::roles::AddRoleMembers>(A::AddPolicyRoleMembers),
        form::<policy::masks::CreateMask>(A::CreateMask),
        form::<policy::alphabets::CreateAlphabet>(A::CreateAlphabet),
        form::<policy::data_elements::CreateDataElement>(A::CreateDataElement),
        form::<policy::data_stores::CreateDataStore>(A::CreateDataStore),
        form::<policy::export_keys::AddExportKey>(A::AddExportKey),
        form::<policy::applications::CreateApplication>(A::CreateApplication),
        form::<policy::items::DescribeDataElement>(A::DescribeDataElement),
        form::<policy::items::DeletePolicyObject>(A::DeletePolicyObject),

        page("/deployments", A::ViewDeployments, deployments::overview).navigation("Data protection", "Deployments", "shield"),
        page("/deployments/new", A::Deploy, deployments::new),
        page("/deployments/review", A::Deploy, deployments::review),
        page("/deployments/{id}", A::ViewDeployments, deployments::detail),
        form::<deployments::Deploy>(A::Deploy),

        page("/approvals", A::ViewApprovals, approvals::list).navigation("Data protection", "Approvals", "access"),
        page("/approvals/{id}", A::ViewApprovals, approvals::detail),
        form::<approvals::ApproveDeployment>(A::ApproveDeployment),
        form::<approvals::RejectDeployment>(A::RejectDeployment),
        form::<approvals::WithdrawDeployment>(A::WithdrawDeployment),

        page("/packages", A::ViewPackages, packages::page).navigation("Data protection", "Packages", "key"),
        file("/packages/rps.json", A::ExportPackage, packages::export),

        page("/proofpoint", A::ViewProofpoint, mail::page).navigation("Mail", "Proofpoint", "cloud"),
        page("/proofpoint/findings", A::ListMailFindings, mail::findings::page),
        export("/export/proofpoint-findings.csv", A::ListMailFindings, "proofpoint-findings", mail::findings::export),
        form::<mail::ConnectProofpoint>(A::ConnectProofpoint),
        form::<mail::DisconnectProofpoint>(A::DisconnectProofpoint),
        page("/proofpoint/orgs/{domain}", A::ViewMailOrganization, mail::organization),
        page("/proofpoint/orgs/{domain}/licensing", A::ViewMailOrganization, mail::licensing),
        page("/proofpoint/orgs/{domain}/licensing/review", A::ChangeMailSeats, mail::review_licensing),
        page("/proofpoint/orgs/{domain}/domains/new", A::AddMailDomain, mail::new_mail_domain),
        page("/proofpoint/orgs/{domain}/domains/{mail_domain}", A::ViewMailOrganization, mail::mail_domain),
        page("/proofpoint/orgs/{domain}/features", A::ViewMailOrganization, mail::features),
        page("/proofpoint/orgs/{domain}/features/review", A::ChangeMailFeatures, mail::review_features),
        form::<mail::ChangeMailFeatures>(A::ChangeMailFeatures),
        page("/proofpoint/orgs/{domain}/senders", A::ViewMailOrganization, mail::organization_senders),
        form::<mail::AddMailSenders>(A::ChangeMailSenders),
        form::<mail::RemoveMailSender>(A::ChangeMailSenders),
        form::<mail::ChangeMailSeats>(A::ChangeMailSeats),
        form::<mail::ChangeMailPackage>(A::ChangeMailPackage),
        form::<mail::AddMailDomain>(A::AddMailDomain),
        form::<mail::ChangeMailDomain>(A::ChangeMailDomain),
        form::<mail::DeleteMailDomain>(A::DeleteMailDomain),
        form::<mail::VerifyMailDomain>(A::VerifyMailDomain),
        export("/export/proofpoint-organizations.csv", A::ListMailOrganizations, "proofpoint-organizations", mail::children_csv),
        page("/proofpoint/orgs/{domain}/users", A::ViewMailUsers, mail::users::list),
        export("/export/proofpoint-users.csv", A::ViewMailUsers, "proofpoint-users", mail::users::export),
        page("/proofpoint/orgs/{domain}/users/new", A::CreateMailUser, mail::users::new),
        page("/proofpoint/orgs/{domain}/users/many", A::ViewMailUsers, mail::users::many),
        page("/proofpoint/orgs/{domain}/users/import", A::CreateMailUser, mail::users::import),
        page("/proofpoint/orgs/{domain}/users/{email}", A::ViewMailUsers, mail::users::detail),
        page("/proofpoint/orgs/{domain}/users/{email}/edit", A::EditMailUser, mail::users::edit),
        page("/proofpoint/orgs/{domain}/users/{email}/review", A::EditMailUser, mail::users::review),
        form::<mail::users::CreateMailUser>(A::CreateMailUser),
        form::<mail::users::EditMailUser>(A::EditMailUser),
        form::<mail::users::ConvertMailUser>(A::ConvertMailUser),
        form::<mail::users::ActivateMailUser>(A::ActivateMailUser),
        form::<mail::users::DeactivateMailUser>(A::DeactivateMailUser),
        form::<mail::users::DeleteMailUser>(A::DeleteMailUser),
        form::<mail::users::ImportMailUsers>(A::CreateMailUser).takes_file(),
        form::<mail::users::ManyMailUsers>(A::ViewMailUsers),
        form::<mail::users::ExemptMailUser>(A::ExemptMailUser),
        form::<mail::users::AddMailUserSenders>(A::ChangeMailUserSenders),
        form::<mail::users::RemoveMailUserSender>(A::ChangeMailUserSenders),

        page("/services/{api}/doc", A::ViewServices, services::doc),
        file("/services/{api}/doc.yaml", A::ViewServices, services::doc_file),
        form::<services::SetLogLevel>(A::SetLogLevel),
        events("/services/events", A::ViewServices, services::events),
        page("/services", A::ViewServices, services::page).navigation("Cluster", "Services", "services"),
        page("/tokens", A::UpdateTokenLifespan, session::tokens).navigation("Cluster", "Tokens", "key"),
        page("/session", A::ViewOwnSession, session::page).navigation("Cluster", "My session", "session"),
        page("/session/password", A::ChangeOwnPassword, session::password),
        form::<session::RefreshSession>(A::RefreshSession),
        form::<session::ChangeOwnPassword>(A::ChangeOwnPassword),
        form::<session::SetTokenLifespan>(A::UpdateTokenLifespan),

        page("/ui", A::ViewGallery, gallery::page).demo_only(),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_address_is_there_twice() {
        let routes = table();
        let paths: BTreeSet<_> = routes.iter().map(|route| route.path).collect();
        assert_eq!(paths.len(), routes.len());
    }

    #[test]
    fn every_server_function_is_in_the_table() {
        let table: BTreeSet<_> = table().iter().map(|route| route.path.to_owned()).collect();
        for (path, _) in leptos::server_fn::axum::server_fn_paths() {
            assert!(table.contains(path), "{path} has no row");
        }
    }
}
