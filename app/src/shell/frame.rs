//! The frame of a page: navigation, the signed-in person, the flash message, the sign-in-again dialog.

use gate::{Action, Visitor};
use islands::SessionClock;
use leptos::prelude::*;
use server_fn::ServerFn;

use super::SetTheme;
use crate::{
    error::ErrorKind,
    flash::Flash,
    sign_in::{SignIn, SignOut},
    ui::{FieldKind, FlashMessage, Icon, PostForm, SubmitButton, TextField, Tone},
    visit::{Theme, Visit, visit},
};

/// An area of the portal, as the navigation lists it.
struct Area {
    path: &'static str,
    name: &'static str,
    icon: &'static str,
    action: Action,
}

/// The areas in their parts, each part under its heading.
const AREAS: &[(&str, &[Area])] = &[
    (
        "",
        &[Area {
            path: "/",
            name: "Overview",
            icon: "overview",
            action: Action::SeeOverview,
        }],
    ),
    (
        "Identity",
        &[
            Area {
                path: "/users",
                name: "Users",
                icon: "users",
                action: Action::ListUsers,
            },
            Area {
                path: "/groups",
                name: "Groups",
                icon: "groups",
                action: Action::ListGroups,
            },
            Area {
                path: "/roles",
                name: "Roles",
                icon: "roles",
                action: Action::ListRoles,
            },
            Area {
                path: "/saml",
                name: "SAML",
                icon: "saml",
                action: Action::ListSamlProviders,
            },
            Area {
                path: "/password-policy",
                name: "Password policy",
                icon: "policy",
                action: Action::SeePasswordPolicy,
            },
            Area {
                path: "/entra",
                name: "Entra ID",
                icon: "cloud",
                action: Action::SeeEntra,
            },
            Area {
                path: "/access",
                name: "Access review",
                icon: "access",
                action: Action::SeeAccess,
            },
        ],
    ),
    (
        "Cluster",
        &[
            Area {
                path: "/services",
                name: "Services",
                icon: "services",
                action: Action::SeeServices,
            },
            Area {
                path: "/tokens",
                name: "Tokens",
                icon: "key",
                action: Action::UpdateTokenLifespan,
            },
            Area {
                path: "/session",
                name: "My session",
                icon: "session",
                action: Action::SeeOwnSession,
            },
        ],
    ),
];

/// The frame around a page of this area.
#[component]
pub fn Frame(area: &'static str, children: Children) -> impl IntoView {
    let visit = visit();
    let flash = visit.flash.clone();
    view! {
        <a class="skip-link" href="#content">"Skip to the content"</a>
        <div class="shell">
            <Navigation visit=visit.clone() area/>
            <div class="main">
                <header class="top">
                    <ThemeForm chosen=visit.theme/>
                    {match visit.visitor.clone() {
                        Some(visitor) => view! { <Person visit=visit.clone() visitor/> }.into_any(),
                        None => view! { <a class="button" href="/sign-in">"Sign in"</a> }.into_any(),
                    }}
                </header>
                <main class="content" id="content" tabindex="-1">
                    {flash.map(|flash| view! { <FlashNotice flash/> })}
                    {children()}
                </main>
            </div>
        </div>
        {visit.visitor.clone().map(|visitor| view! { <SignInAgain visitor/> })}
    }
    .into_any()
}

/// The areas that this person may at least read. One whose permission is not known to be missing
/// is listed; somebody who is not signed in has none.
#[component]
fn Navigation(visit: Visit, area: &'static str) -> impl IntoView {
    let areas = if visit.visitor.is_some() { AREAS } else { &[] };
    let parts = areas.iter().filter_map(|(heading, areas)| {
        let open: Vec<_> = areas
            .iter()
            .filter(|area| visit.denied(area.action).is_none())
            .collect();
        (!open.is_empty()).then(|| view! { <NavigationPart heading=*heading open area/> })
    });
    view! {
        <nav class="side" aria-label="Areas">
            <a class="brand" href="/"><Icon name="gate"/>"Postern"</a>
            {parts.collect_view()}
        </nav>
    }
    .into_any()
}

/// A few areas under a heading; the first ones have none.
#[component]
fn NavigationPart(heading: &'static str, open: Vec<&'static Area>, area: &'static str) -> impl IntoView {
    let links = open.into_iter().map(|item| {
        view! {
            <li>
                <a href=item.path aria-current=(item.path == area).then_some("page")>
                    <Icon name=item.icon/>
                    {item.name}
                </a>
            </li>
        }
    });
    view! {
        {(!heading.is_empty()).then(|| view! { <p class="side-heading">{heading}</p> })}
        <ul>{links.collect_view()}</ul>
    }
    .into_any()
}

/// Three buttons of one form, so that the theme works without JavaScript.
#[component]
fn ThemeForm(chosen: Theme) -> impl IntoView {
    let button = |theme: Theme| {
        let (icon, label) = match theme {
            Theme::System => ("system", "System theme"),
            Theme::Light => ("sun", "Light theme"),
            Theme::Dark => ("moon", "Dark theme"),
        };
        view! {
            <button type="submit" name="theme" value=theme.name() aria-label=label title=label
                aria-pressed=if theme == chosen { "true" } else { "false" }>
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <form class="theme" method="post" action=SetTheme::url()>
            {Theme::ALL.into_iter().map(button).collect_view()}
        </form>
    }
    .into_any()
}

#[component]
fn Person(visit: Visit, visitor: Visitor) -> impl IntoView {
    let idle_ends = visit.gate.now() + visit.gate.rules().idle;
    let ends = idle_ends.min(visitor.ends_at);
    view! {
        <p class="person">
            <Icon name="user"/>
            <a href="/session">{visitor.profile.user_name.clone()}</a>
        </p>
        <SessionClock ends_at=ends.as_millisecond()/>
        <form class="sign-out" method="post" action=SignOut::url()>
            <button type="submit"><Icon name="sign-out"/>"Sign out"</button>
        </form>
    }
    .into_any()
}

/// Opened by a form whose answer says that the cluster wants the password again; what was typed
/// stays where it is.
#[component]
fn SignInAgain(visitor: Visitor) -> impl IntoView {
    view! {
        <dialog class="dialog" id="sign-in-again" aria-labelledby="sign-in-again-title">
            <h2 id="sign-in-again-title">"Sign in again"</h2>
            <p>"The session has ended. Sign in, and what you were doing goes on; nothing that you typed is lost."</p>
            <PostForm action=SignIn::url() resume=true hidden=vec![("resume", "1".to_owned())]>
                <TextField name="user_name" label="User name" id_prefix="again-" readonly=true
                    value=visitor.profile.user_name.clone() autocomplete="username"/>
                <TextField name="password" label="Password" id_prefix="again-" kind=FieldKind::Password required=true
                    maxlength=255 autocomplete="current-password"/>
                <div class="form-actions">
                    <button class="button" type="button" command="close" commandfor="sign-in-again">"Cancel"</button>
                    <SubmitButton label="Sign in"/>
                </div>
            </PostForm>
        </dialog>
    }
    .into_any()
}

/// What the request before had to say. A form that is marked field by field says it itself.
#[component]
pub fn FlashNotice(flash: Flash) -> impl IntoView {
    let message = match flash {
        Flash::Done(done) if done.title.is_empty() => return None,
        Flash::Done(done) => FlashMessage {
            tone: Tone::Good,
            title: done.title,
            detail: done.detail,
            secret: done.secret,
            request_id: None,
        },
        Flash::Failed(failed) if failed.error.kind == ErrorKind::Invalid => return None,
        Flash::Failed(failed) => FlashMessage {
            tone: Tone::Bad,
            title: failed.error.title,
            detail: failed.error.detail,
            secret: None,
            request_id: failed.error.request_id,
        },
    };
    Some(view! { <crate::ui::Flash flash=message/> })
}
