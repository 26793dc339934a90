//! `/proofpoint`: the connection of the session with an administrator's account at Proofpoint Essentials.

use gate::{
    Access, Action, GateError, OperationError, Permission, Principal, ProofpointAccount, System,
    proofpoint_permissions as known,
};
use leptos::prelude::*;
use proofpoint::{ErrorKind as Upstream, Login, LoginError};
use secrecy::SecretString;
use server_fn::ServerFn;

use super::{PROOFPOINT, children, find, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    links,
    params::check_length,
    redirect,
    session::signed_in,
    ui::{
        DemoAccounts, DescriptionList, Detail, FieldKind, LinkButton, Notice, Page, PostForm, Section,
        SubmitButton, TextField, Tone, When,
    },
};

/// The longest address and password that are sent, in characters.
const MAX_LENGTH: usize = 255;

/// What an account may do, in the order of the screen.
const PERMISSIONS: [(&str, &str); 4] = [
    (known::READ, "See organisations, domains, users and settings"),
    (known::CHANGE, "Change domains, users and sender lists"),
    (known::CHILDREN, "See the organisations below its own"),
    (known::LICENSING, "Change seats and packages"),
];

/// Connects the session with an account at Proofpoint.
#[server(prefix = "/api", endpoint = "proofpoint/connect")]
pub async fn connect_proofpoint(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    context.permit(Action::ConnectProofpoint).await?;
    let principal = signed_in(&context)?;
    let password = SecretString::from(password);
    check_length("email", email.trim(), MAX_LENGTH)?;
    let login = Login::new(email.trim().into(), password).map_err(refused)?;
    let connected = context
        .gate
        .connect_proofpoint(&principal, &context.origin, login)
        .await
        .map_err(explain)?;
    let email = connected.proofpoint.as_ref().map(|account| account.email.clone());
    let title = format!("You are connected as {}.", email.unwrap_or_default());
    let next = match redirect::safe_local_path(&next).as_str() {
        "/" => PROOFPOINT.to_owned(),
        next => next.to_owned(),
    };
    Ok(Done::new(title).with_next(next))
}

/// Forgets the account.
#[server(prefix = "/api", endpoint = "proofpoint/disconnect")]
pub async fn disconnect_proofpoint() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    context.permit(Action::DisconnectProofpoint).await?;
    let principal = signed_in(&context)?;
    context
        .gate
        .disconnect_proofpoint(&principal, &context.origin)
        .await?;
    Ok(Done::new("You are disconnected from Proofpoint.")
        .with_detail("The portal has forgotten the password.")
        .with_next(PROOFPOINT))
}

/// What no header can hold.
fn refused(error: LoginError) -> PortalError {
    match error {
        LoginError::User(_) => PortalError::invalid("email", "Enter the e-mail address of the account."),
        LoginError::NoPassword => PortalError::invalid("password", "Enter the password."),
        LoginError::Password => PortalError::invalid(
            "password",
            "Proofpoint cannot take this password from a program: it begins or ends with a space, or has a character \
             that cannot be seen.",
        ),
    }
}

/// Why the account was not accepted. Nothing says whether the address or the password was wrong.
fn explain(error: OperationError) -> PortalError {
    let is_wrong =
        matches!(&error.error, GateError::Upstream(upstream) if upstream.kind() == Upstream::Unauthorized);
    let explained = PortalError::from(error);
    if !is_wrong {
        return explained;
    }
    PortalError {
        kind: ErrorKind::Invalid,
        title: "The e-mail address or the password is wrong.".to_owned(),
        detail: Some(
            "Use an administrator's account of Proofpoint Essentials. One that signs in by single sign-on alone has no \
             password that a program can use."
                .to_owned(),
        ),
        ..explained
    }
}

/// `/proofpoint`
pub async fn page(context: RequestContext) -> PageResult {
    let principal = signed_in(&context)?;
    let page = match &principal.proofpoint {
        None => Page::new("Proofpoint", connect_form(&context)),
        Some(account) => {
            let (find, children) = futures::join!(find::section(&context), children::section(&context));
            let account = connected(account, &principal);
            let page = Page::new("Proofpoint", view! { {find}{children}{account} });
            page.actions(view! {
                <LinkButton label="Findings" href="/proofpoint/findings" denied=context.denied(Action::ListMailFindings)/>
                <PostForm action=DisconnectProofpoint::url() unguarded=true>
                    <SubmitButton label="Disconnect" quiet=true/>
                </PostForm>
            })
        }
    };
    Ok(page.lead("Mail security: organisations, domains, users and licences of Proofpoint Essentials."))
}

fn connect_form(context: &RequestContext) -> AnyView {
    let fields = context.fields(ConnectProofpoint::url());
    let error = fields.error();
    let next = context.query_value("next").unwrap_or_default();
    let is_on_the_way = !next.is_empty();
    let hidden = vec![("next", next)];
    view! {
        {is_on_the_way.then(|| view! {
            <Notice standing=true tone=Tone::Info title="The page that you asked for shows what is at Proofpoint."
                detail="Connect with an account there first. Afterwards you continue where you were."/>
        })}
        <Section title="Connect">
            <p>
                "Give the credentials of an administrator's account once. The portal keeps them on the server until you \
                 disconnect or your session ends, and shows them on no page."
            </p>
            <PostForm action=ConnectProofpoint::url() error=error.clone() hidden class="form page" unguarded=true>
                <TextField name="email" label="E-mail address" kind=FieldKind::Email required=true maxlength=MAX_LENGTH
                    value=fields.text("email", "") error=error.clone()/>
                <TextField name="password" label="Password" kind=FieldKind::Password required=true maxlength=MAX_LENGTH error/>
                <div class="form-actions"><SubmitButton label="Connect"/></div>
            </PostForm>
        </Section>
        <DemoAccounts accounts=context.demo_accounts system=System::Proofpoint label="E-mail address"/>
    }
    .into_any()
}

fn connected(account: &ProofpointAccount, principal: &Principal) -> AnyView {
    let ProofpointAccount {
        email,
        account_type,
        is_read_only,
        domain,
        instance,
        connected_at,
    } = account.clone();
    let unknown = |text: String| {
        if text.is_empty() {
            "Unknown".to_owned()
        } else {
            text
        }
    };
    let rights = PERMISSIONS.map(|(name, words)| {
        let access = match principal.permissions.check(Permission::proofpoint(name)) {
            Access::Granted => "Yes",
            Access::Missing => "No",
            Access::Unknown => "Proofpoint decides",
        };
        view! { <Detail label=words>{access}</Detail> }
    });
    let own = match organization_domain(&domain) {
        Ok(own) => {
            let href = links::mail_organization(&own);
            view! { <a href=href><bdi>{domain}</bdi></a> }.into_any()
        }
        Err(_) => view! { <bdi>{unknown(domain)}</bdi> }.into_any(),
    };
    view! {
        <Section title="Your account there">
            <DescriptionList>
                <Detail label="E-mail address"><bdi>{email}</bdi></Detail>
                <Detail label="Type">{unknown(account_type)}</Detail>
                <Detail label="May only look">{is_read_only.map_or("Unknown", |is_so| if is_so { "Yes" } else { "No" })}</Detail>
                <Detail label="Organisation">{own}</Detail>
                <Detail label="Instance"><code>{instance}</code></Detail>
                <Detail label="Connected"><When millis=connected_at.as_millisecond()/></Detail>
            </DescriptionList>
        </Section>
        <Section title="What it may do">
            <DescriptionList>{rights.into_iter().collect_view()}</DescriptionList>
        </Section>
    }
    .into_any()
}
