//! The frame of a page: navigation, the signed-in person, the flash message, the sign-in-again dialog.

use std::sync::Arc;

use gate::Principal;
use leptos::prelude::*;
use server_fn::ServerFn;

use super::SetTheme;
use crate::{
    context::{RequestContext, Theme},
    error::ErrorKind,
    flash::Flash,
    links,
    people::FindPeople,
    sign_in::{SignIn, SignOut},
    site_map::NavigationItem,
    ui::{FieldKind, FlashMessage, Icon, Page, PageHeader, PostForm, SubmitButton, TextField, Tone},
};
use islands::{SessionClock, Suggestions};

/// The page with everything around it.
pub(super) fn frame(context: &RequestContext, page: Page) -> AnyView {
    let Page {
        title,
        lead,
        crumbs,
        actions,
        content,
        ..
    } = page;
    let flashes = context.flashes.clone();
    let person = match context.principal.clone() {
        Some(principal) => view! { <Person context=context.clone() principal/> }.into_any(),
        None => view! { <a class="button" href="/sign-in">"Sign in"</a> }.into_any(),
    };
    view! {
        <a class="skip-link" href="#content">"Skip to the content"</a>
        <div class="shell">
            {navigation(context)}
            <div class="main">
                <header class="top">
                    {context.principal.is_some().then(person_search)}
                    <ThemeForm chosen=context.theme/>
                    {person}
                </header>
                <main class="content" id="content" tabindex="-1">
                    {flashes.into_iter().map(|flash| view! { <FlashNotice flash/> }).collect_view()}
                    <PageHeader title lead crumbs actions/>
                    {content}
                </main>
            </div>
        </div>
        {context.principal.clone().map(|principal| view! { <SignInAgain principal/> })}
    }
    .into_any()
}

/// The areas whose permission is not known to be missing. Without a session there are none.
fn navigation(context: &RequestContext) -> AnyView {
    let is_open = |action| context.principal.is_some() && context.denied(action).is_none();
    let items: Vec<_> = context
        .site_map
        .areas()
        .filter(|(place, _)| is_open(place.action))
        .map(|(place, item)| (place.path, item))
        .collect();
    let here = context.site_map.area_of(&context.path);
    let parts = items.chunk_by(|(_, one), (_, other)| one.section == other.section);
    let parts = parts
        .map(|part| navigation_part(part, here, context.awaiting))
        .collect_view();
    view! {
        <nav class="side" aria-label="Areas">
            <a class="brand" href="/"><Icon name="gate"/>"Postern"</a>
            // On a narrow screen the areas are a popover: it opens and closes, with Escape too, without script.
            <button type="button" class="button areas-button" popovertarget="areas"><Icon name="menu"/>"Menu"</button>
            <div class="areas" id="areas" popover>{parts}</div>
        </nav>
    }
    .into_any()
}

/// Areas under one heading.
fn navigation_part(items: &[(&'static str, NavigationItem)], here: Option<&str>, awaiting: usize) -> AnyView {
    let heading = items.first().map_or("", |(_, item)| item.section);
    let links = items.iter().map(|(path, item)| {
        view! {
            <li>
                <a href=*path aria-current=(here == Some(*path)).then_some("page")>
                    <Icon name=item.icon/>
                    {item.label}
                    {(*path == "/approvals").then(|| waiting(awaiting))}
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

/// How many requests wait for the person.
fn waiting(count: usize) -> Option<AnyView> {
    (count > 0).then(|| {
        view! { <span class="count">{count}<span class="visually-hidden">" waiting for you"</span></span> }.into_any()
    })
}

/// Finds a person, with suggestions while one types.
fn person_search() -> AnyView {
    view! {
        <Suggestions>
            <form class="find-person" method="get" action=links::PEOPLE role="search" aria-label="Search of people"
                data-suggestions=FindPeople::url()>
                <div class="search-box">
                    <Icon name="search"/>
                    <input type="search" name="email" list="find-person-list" aria-label="Find a person"
                        placeholder="Find a person" maxlength="254" autocomplete="off"/>
                </div>
                <datalist id="find-person-list"></datalist>
            </form>
        </Suggestions>
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
fn Person(context: RequestContext, principal: Arc<Principal>) -> impl IntoView {
    let left = context.session_left(&principal);
    let ends = context.gate.now() + left;
    let millis = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
    view! {
        <p class="person">
            <Icon name="user"/>
            <a href="/session">{principal.user_name.clone()}</a>
        </p>
        <SessionClock ends_at=ends.as_millisecond() left=millis/>
        <form class="sign-out" method="post" action=SignOut::url()>
            <button type="submit"><Icon name="sign-out"/>"Sign out"</button>
        </form>
    }
    .into_any()
}

/// Opened by a form whose answer says that the cluster wants the password again; what was typed
/// stays where it is.
#[component]
fn SignInAgain(principal: Arc<Principal>) -> impl IntoView {
    view! {
        <dialog class="dialog" id="sign-in-again" aria-labelledby="sign-in-again-title">
            <h2 id="sign-in-again-title">"Sign in again"</h2>
            <p>"The session has ended. Sign in, and what you were doing goes on; nothing that you typed is lost."</p>
            <PostForm action=SignIn::url() resume=true hidden=vec![("resume", "1".to_owned())]>
                <TextField name="user_name" label="User name" id_prefix="again-" readonly=true
                    value=principal.user_name.clone() autocomplete="username"/>
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

/// What a form that led here had to say. A form that is marked field by field says it itself.
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
