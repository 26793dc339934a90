//! The sign-in page.

use gate::System;
use leptos::prelude::*;
use server_fn::ServerFn;

use super::{
    SignIn, SignOut,
    waiting::{SignInAlone, WaitingForm},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    flash::Flash,
    redirect,
    shell::FlashNotice,
    ui::{DemoAccounts, FieldKind, Icon, Page, PostForm, SubmitButton, TextField},
};

/// `/sign-in`
pub async fn page(context: RequestContext) -> PageResult {
    let next = context.query_value("next").unwrap_or_default();
    let form = SignIn::url();
    let failed = context.failed(form).cloned();
    let again = context.principal.clone();
    let user_name = failed
        .as_ref()
        .and_then(|failed| failed.submitted.first("user_name").map(ToOwned::to_owned))
        .or_else(|| again.as_ref().map(|principal| principal.user_name.clone()))
        .unwrap_or_default();
    let error = failed.map(|failed| failed.error);
    let hidden = vec![("next", redirect::safe_local_path(&next))];
    let is_done = |flash: &&Flash| matches!(flash, Flash::Done(_));
    let done: Vec<_> = context.flashes.iter().filter(is_done).cloned().collect();
    let is_again = again.is_some();
    let waiting = match &again {
        Some(principal) => context.gate.pending(principal).await.unwrap_or_default(),
        None => None,
    };
    let alone = waiting.is_some().then(|| view! { <SignInAlone/> });
    let site_map = context.site_map;
    let content = view! {
        <main class="sign-in" id="content">
            <div class="sign-in-card">
                <p class="brand"><Icon name="gate"/>"Postern"</p>
                <h1>{if is_again { "Sign in again" } else { "Sign in" }}</h1>
                <p class="lead">
                    {if is_again {
                        "The cluster requires your password again. Afterwards you continue where you were."
                    } else {
                        "Use your account of the Protegrity cluster."
                    }}
                </p>
                {done.into_iter().map(|flash| view! { <FlashNotice flash/> }).collect_view()}
                {waiting.map(|form| view! { <WaitingForm form site_map/> })}
                <PostForm action=form error=error.clone() hidden=hidden unguarded=true>
                    <TextField
                        name="user_name"
                        label="User name"
                        value=user_name
                        autocomplete="username"
                        required=true
                        readonly=is_again
                        maxlength=255
                        error=error.clone()
                   />
                    <TextField
                        name="password"
                        label="Password"
                        kind=FieldKind::Password
                        autocomplete="current-password"
                        required=true
                        maxlength=255
                        error=error
                   />
                    <SubmitButton label="Sign in"/>
                    {alone}
                </PostForm>
                {is_again.then(|| view! {
                    <PostForm action=SignOut::url()>
                        <SubmitButton label="Sign out" quiet=true/>
                    </PostForm>
                })}
            </div>
            <DemoAccounts accounts=context.demo_accounts system=System::Protegrity label="User name"/>
        </main>
    };
    Ok(Page::new("Sign in", content).bare())
}
