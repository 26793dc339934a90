//! `/tokens`: the lifespan of the cluster's access tokens (reference lines 605-640; rows 5, 6).

use gate::{Action, Target, TokenTimes};
use islands::{
    LiveLifespan,
    lifespan::{BOUNDS, effect, span},
};
use leptos::prelude::*;
use operations::{Error, cluster, validation::Validation};
use server_fn::ServerFn;

use super::tokens::lifespan;
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{
        ConfirmField, DescriptionList, Detail, FieldKind, Notice, Page, PostForm, Section, SubmitButton,
        TextField, Tone, When,
    },
};

/// Keycloak's default and the reference's sample: the field's value when nothing is known.
const DEFAULT: u32 = 300;

/// Sets the lifespan of access tokens, `POST /token/lifespan/update`. One field is sent; the lifespan of refresh
/// tokens follows from it (row 5).
#[server(prefix = "/api", endpoint = "tokens/lifespan")]
pub async fn set_token_lifespan(
    #[server(default)] lifespan: String,
    #[server(default)] confirm_lifespan: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let seconds = seconds(&lifespan, confirm_lifespan == "true")?;
    let target = Target::of("token lifespan", format_args!("{seconds} s"));
    let operation = context.begin(Action::UpdateTokenLifespan, target).await?;
    cluster::set_token_lifespan(&operation, seconds).await?;
    let done = Done::new(format!("Access tokens now live {}.", span(seconds)));
    Ok(done.with_detail(format!(
        "Refresh tokens and an idle single sign-on live {}. Tokens that were given before keep their lifespan.",
        span(seconds.saturating_add(600))
    )))
}

/// The submitted lifespan, once it is confirmed.
fn seconds(typed: &str, is_confirmed: bool) -> Result<u32, Error> {
    let mut validation = Validation::default();
    let (least, most) = BOUNDS;
    let bounds = i64::from(least)..=i64::from(most);
    let number = validation.number("lifespan", typed, bounds);
    validation.require(
        number.is_some() || !validation.is_empty(),
        "lifespan",
        "This must not be empty.",
    );
    let seconds = number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(DEFAULT);
    if validation.is_empty() && !is_confirmed {
        validation.add(
            "confirm_lifespan",
            format!(
                "This applies to every account of this cluster. {}",
                effect(typed).join(" ")
            ),
        );
    }
    validation.finish()?;
    Ok(seconds)
}

/// `/tokens`
pub async fn tokens(context: RequestContext) -> PageResult {
    let times = match &context.principal {
        Some(principal) => context.gate.token_times(principal).await.ok(),
        None => None,
    };
    let own = times.and_then(|times: TokenTimes| u32::try_from(times.lifespan.as_secs()).ok());
    let content = view! {
        <Section title="Now">
            <Notice standing=true tone=Tone::Info title="The cluster does not report the lifespan that is set."
                detail="The portal knows only the lifespan of your own access token."/>
            {times.map(|times| view! {
                <DescriptionList>
                    <Detail label="Your access token lives">{lifespan(&times)}</Detail>
                    <Detail label="Given"><When millis=times.obtained_at.as_millisecond()/></Detail>
                    <Detail label="Good until"><When millis=times.access_ends_at.as_millisecond()/></Detail>
                </DescriptionList>
            })}
        </Section>
        <LifespanForm context now=own.unwrap_or(DEFAULT)/>
        <Section title="Effects">
            <ul class="remarks">
                <li>"The lifespan of refresh tokens and the idle time of the single sign-on are always 10 minutes longer. They cannot be set separately."</li>
                <li>"Tokens that were given before keep their lifespan. They cannot be revoked, not even by locking the account."</li>
                <li>"Sessions of this portal renew themselves as long as they are used, and do not end sooner or later for it. Where the cluster gives no refresh token, a session asks for the password again when the access token ends."</li>
                <li>"Protectors, scripts and other clients that hold a token have to renew it in time."</li>
            </ul>
        </Section>
    };
    Ok(Page::new("Tokens", content).lead("The lifespan of the cluster's access tokens, for every account."))
}

#[component]
fn LifespanForm(context: RequestContext, now: u32) -> impl IntoView {
    let fields = context.fields(SetTokenLifespan::url());
    let error = fields.error();
    let of_field = error.clone();
    let value = fields.text("lifespan", &now.to_string());
    let (least, most) = BOUNDS;
    let hint = format!(
        "From {least} to {most}. The cluster's own limits are not documented: it may refuse other values."
    );
    let lines = effect(&value)
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <Section title="Change">
            <PostForm action=SetTokenLifespan::url() class="form page" error=error.clone()>
                <LiveLifespan>
                    <TextField name="lifespan" label="Access token lifespan (seconds)" kind=FieldKind::Number required=true
                        maxlength=10 value hint error=of_field/>
                    <ul class="remarks" data-lifespan-effect aria-live="polite" aria-label="Effects of this lifespan">{lines}</ul>
                </LiveLifespan>
                <ConfirmField name="confirm_lifespan" label="I confirm this lifespan for every account" error/>
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
        let check = |typed: &str, is_confirmed, expected: Result<u32, &str>| {
            let field = |error: Error| match error {
                Error::Invalid(problems) => problems[0].field.clone(),
                error => error.to_string(),
            };
            assert_eq!(
                seconds(typed, is_confirmed).map_err(field),
                expected.map_err(ToOwned::to_owned),
                "{typed}"
            );
        };
        check(" 600 ", true, Ok(600));
        check("600", false, Err("confirm_lifespan"));
        for typed in ["", "59", "86401", "0", "-1", "5 minutes", "99999999999999999999"] {
            check(typed, true, Err("lifespan"));
        }
    }

    proptest! {
        #[test]
        fn no_lifespan_out_of_bounds_is_sent(typed in "\\PC{0,8}") {
            if let Ok(seconds) = seconds(&typed, true) {
                prop_assert!((BOUNDS.0..=BOUNDS.1).contains(&seconds));
            }
        }
    }
}
