//! `/tokens`: how long the cluster's tokens live (reference lines 605-640; rows 5, 6).

use gate::{Action, Target};
use islands::{
    LiveLifespan,
    lifespan::{BOUNDS, effect, span},
};
use leptos::prelude::*;
use server_fn::ServerFn;

use super::tokens::lifespan;
use crate::{
    error::PortalError,
    flash::Done,
    form::Faults,
    shell::Frame,
    ui::{
        DescriptionList, Detail, FieldKind, Notice, PageHeader, PostForm, Section, SubmitButton, SureField,
        TextField, Tone, When,
    },
    visit::{Visit, visit},
};

/// Keycloak's own, and the reference's sample: what the field holds when nothing is known.
const DEFAULT: u32 = 300;

/// Sets how long access tokens live, `POST /token/lifespan/update`. One field is sent; the life of refresh
/// tokens follows from it (row 5).
#[server(prefix = "/api", endpoint = "tokens/lifespan")]
pub async fn update_token_lifespan(
    #[server(default)] lifespan: String,
    #[server(default)] sure_lifespan: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let seconds = seconds(&lifespan, sure_lifespan == "true")?;
    let target = Target::named("token lifespan", format_args!("{seconds} s"));
    let passage = visit.open(Action::UpdateTokenLifespan, target)?;
    passage
        .call(|cluster| async move { cluster.update_token_lifespan(seconds).await })
        .await
        .map_err(|error| visit.explain(Action::UpdateTokenLifespan, &error))?;
    let done = Done::new(format!("Access tokens live {} from now on.", span(seconds)));
    visit.done(done.with_detail(format!(
        "Refresh tokens and an idle single sign-on live {}. Tokens that were given before keep their lifespan.",
        span(seconds.saturating_add(600))
    )));
    Ok(())
}

/// The lifespan that was typed, once it has been confirmed.
fn seconds(typed: &str, is_sure: bool) -> Result<u32, PortalError> {
    let mut faults = Faults::default();
    let (least, most) = BOUNDS;
    let bounds = i64::from(least)..=i64::from(most);
    let number = faults.number("lifespan", typed, bounds);
    faults.unless(
        number.is_some() || !faults.is_empty(),
        "lifespan",
        "This must not be empty.",
    );
    let seconds = number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(DEFAULT);
    if faults.is_empty() && !is_sure {
        faults.add(
            "sure_lifespan",
            format!(
                "This is for everybody who signs in to this cluster. {}",
                effect(typed).join(" ")
            ),
        );
    }
    faults.finish()?;
    Ok(seconds)
}

/// `/tokens`
#[component]
pub fn TokensPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/tokens">
            <PageHeader title="Tokens" lead="How long the cluster's access tokens live, for everybody who signs in to it."/>
            {Suspend::new(async move {
                let times = match &visit.visitor {
                    Some(visitor) => visit.gate.token_times(visitor).await.ok(),
                    None => None,
                };
                view! { <TokensView visit times/> }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn TokensView(visit: Visit, times: Option<gate::TokenTimes>) -> impl IntoView {
    let own = times.and_then(|times| u32::try_from(times.lifespan.as_secs()).ok());
    view! {
        <Section title="As it is now">
            <Notice standing=true tone=Tone::Info title="The cluster does not tell the lifespan that is set."
                detail="What is known is the lifespan that your own access token was given with."/>
            {times.map(|times| view! {
                <DescriptionList>
                    <Detail label="Your access token lives">{lifespan(&times)}</Detail>
                    <Detail label="Given"><When millis=times.obtained_at.as_millisecond()/></Detail>
                    <Detail label="Good until"><When millis=times.access_ends_at.as_millisecond()/></Detail>
                </DescriptionList>
            })}
        </Section>
        <LifespanForm visit now=own.unwrap_or(DEFAULT)/>
        <Section title="What follows from it">
            <ul class="remarks">
                <li>"The life of refresh tokens, and the idle time of the single sign-on, is always the access token's and 10 minutes. It cannot be set by itself."</li>
                <li>"Tokens that were given before keep their lifespan. Nothing calls them back, also not the lock of their owner's account."</li>
                <li>"Sessions of this portal renew themselves as long as they are used, and do not end sooner or later for it. Where the cluster gives no refresh token, a session asks for the password again when the access token ends."</li>
                <li>"Protectors, scripts and other clients that hold a token have to renew it in time."</li>
            </ul>
        </Section>
    }
    .into_any()
}

#[component]
fn LifespanForm(visit: Visit, now: u32) -> impl IntoView {
    let fields = visit.fields(UpdateTokenLifespan::url());
    let error = fields.error();
    let of_field = error.clone();
    let value = fields.text("lifespan", &now.to_string());
    let (least, most) = BOUNDS;
    let hint = format!(
        "From {least} to {most}. The cluster's own limits are not documented: it may refuse less or more than that."
    );
    let lines = effect(&value)
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <Section title="Change it">
            <PostForm action=UpdateTokenLifespan::url() class="form page" error=error.clone()>
                <LiveLifespan>
                    <TextField name="lifespan" label="Access token lifespan (seconds)" kind=FieldKind::Number required=true
                        maxlength=10 value hint error=of_field/>
                    <ul class="remarks" data-lifespan-effect aria-live="polite" aria-label="What it means">{lines}</ul>
                </LiveLifespan>
                <SureField name="sure_lifespan" label="I am sure that tokens are to live so long" error/>
                <div class="form-actions"><SubmitButton label="Change lifespan"/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lifespan_is_bounded_and_confirmed() {
        let check = |typed: &str, is_sure, expected: Result<u32, &str>| {
            let field = |error: PortalError| {
                error
                    .fields
                    .first()
                    .map(|fault| fault.field.clone())
                    .unwrap_or_default()
            };
            assert_eq!(
                seconds(typed, is_sure).map_err(field),
                expected.map_err(ToOwned::to_owned),
                "{typed}"
            );
        };
        check(" 600 ", true, Ok(600));
        check("600", false, Err("sure_lifespan"));
        for typed in ["", "59", "86401", "0", "-1", "5 minutes", "99999999999999999999"] {
            check(typed, true, Err("lifespan"));
        }
    }

    proptest! {
        #[test]
        fn nothing_out_of_bounds_is_sent(typed in "\\PC{0,8}") {
            if let Ok(seconds) = seconds(&typed, true) {
                prop_assert!((BOUNDS.0..=BOUNDS.1).contains(&seconds));
            }
        }
    }
}
