//! The document: head, body, the script that brings the islands to life, and the routes.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use super::{NotFoundPage, RefusedPage};
use crate::{
    access::AccessPage,
    batches::BatchPage,
    entra::{EditEntraPage, EntraGroupPage, EntraGroupsPage, EntraImportPage, EntraPage, EntraUsersPage},
    groups::{EditGroupPage, GroupPage, GroupsPage, NewGroupPage},
    overview::OverviewPage,
    parts::PartsPage,
    password_policy::{EditPasswordPolicyPage, PasswordPolicyPage},
    roles::{CompareRolesPage, EditRolePage, NewRolePage, RolePage, RolesPage},
    saml::{EditSamlProviderPage, NewSamlProviderPage, SamlProviderPage, SamlProvidersPage},
    services::ServicesPage,
    session::{OwnPasswordPage, SessionPage, TokensPage},
    shell::Frame,
    sign_in::SignInPage,
    users::{EditUserPage, ImportUsersPage, ManyUsersPage, NewUserPage, UserPage, UsersPage},
    visit::{Theme, Visit},
};

/// Loads the WASM and hydrates each island, outermost first; then says so on `<body>`. The islands
/// are found by the name of their exported function. Browsers from before the Invoker Commands API
/// (2025) get the two commands that the pages use.
const BOOT: &str = include_str!("boot.js");

/// Lets the browser fetch a page of the portal when the pointer rests on its link. Addresses that
/// ask the cluster anew or for much are left out, and files.
const SPECULATION_RULES: &str = r#"{"prefetch":[{"source":"document","where":{"and":[{"href_matches":"/*"},{"not":{"href_matches":"/*\\?*fresh=*"}},{"not":{"href_matches":"/pkg/*"}},{"not":{"href_matches":"/export/*"}},{"not":{"href_matches":"/batches/*"}},{"not":{"href_matches":"/access*"}}]},"eagerness":"moderate"}]}"#;

/// The whole document, for every page.
pub fn document() -> impl IntoView {
    provide_meta_context();
    // Without a request (when the list of routes is made) there is nothing to say.
    let visit = use_context::<Visit>();
    let theme = visit.as_ref().map_or(Theme::System, |visit| visit.theme).name();
    let assets = visit
        .as_ref()
        .map(|visit| visit.assets.clone())
        .unwrap_or_default();
    let asset = |name| assets.path(name).unwrap_or_default().to_owned();
    provide_context(assets.clone());
    let (js, wasm) = (asset("js"), asset("wasm"));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=asset("css")/>
                <link rel="icon" type="image/svg+xml" href=asset("favicon.svg")/>
                <link rel="modulepreload" href=js.clone() crossorigin="anonymous"/>
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="speculationrules" nonce=use_nonce() inner_html=SPECULATION_RULES></script>
                <script type="module" nonce=use_nonce() inner_html=boot(&js, &wasm)></script>
                <MetaTags/>
            </head>
            <body>
                <App refused=visit.is_some_and(|visit| visit.refusal.is_some())/>
            </body>
        </html>
    }
    .into_any()
}

/// The script with the addresses of this build, which are made of letters, digits, `/`, `.` and `-`.
fn boot(js: &str, wasm: &str) -> String {
    format!("const js={js:?},wasm={wasm:?};{BOOT}")
}

/// The page that the address names, or why it is not shown.
#[component]
fn App(refused: bool) -> impl IntoView {
    if refused {
        return view! { <RefusedPage/> }.into_any();
    }
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=StaticSegment("sign-in") view=SignInPage ssr=SsrMode::Async/>
                // In order: the frame is there at once, and the health of the services follows.
                <Route path=StaticSegment("") view=OverviewPage ssr=SsrMode::InOrder/>
                <Route path=StaticSegment("users") view=UsersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("users"), StaticSegment("new")) view=NewUserPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("users"), StaticSegment("many")) view=ManyUsersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("users"), StaticSegment("import")) view=ImportUsersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("users"), ParamSegment("id")) view=UserPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("users"), ParamSegment("id"), StaticSegment("edit")) view=EditUserPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("batches"), ParamSegment("id")) view=BatchPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("groups") view=GroupsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("groups"), StaticSegment("new")) view=NewGroupPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("groups"), ParamSegment("id")) view=GroupPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("groups"), ParamSegment("id"), StaticSegment("edit")) view=EditGroupPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("roles") view=RolesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("roles"), StaticSegment("new")) view=NewRolePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("roles"), StaticSegment("compare")) view=CompareRolesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("roles"), ParamSegment("name")) view=RolePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("roles"), ParamSegment("name"), StaticSegment("edit")) view=EditRolePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("access") view=AccessPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("saml") view=SamlProvidersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("saml"), StaticSegment("new")) view=NewSamlProviderPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("saml"), ParamSegment("alias")) view=SamlProviderPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("saml"), ParamSegment("alias"), StaticSegment("edit")) view=EditSamlProviderPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("password-policy") view=PasswordPolicyPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("password-policy"), StaticSegment("edit")) view=EditPasswordPolicyPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("entra") view=EntraPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("entra"), StaticSegment("edit")) view=EditEntraPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("entra"), StaticSegment("users")) view=EntraUsersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("entra"), StaticSegment("groups")) view=EntraGroupsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("entra"), StaticSegment("groups"), ParamSegment("id")) view=EntraGroupPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("entra"), StaticSegment("import")) view=EntraImportPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("services") view=ServicesPage ssr=SsrMode::InOrder/>
                <Route path=StaticSegment("session") view=SessionPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("session"), StaticSegment("password")) view=OwnPasswordPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("tokens") view=TokensPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("ui") view=Parts ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}

/// `/ui`: every part of the screen in every state.
#[component]
fn Parts() -> impl IntoView {
    view! { <Frame area="/ui"><PartsPage/></Frame> }
}
