//! `/people/starter`: an account and a mailbox for a person who starts, reviewed and run as one job.

use gate::Action;
use leptos::prelude::*;
use operations::{
    jobs,
    people::{StarterForm, plan_starter},
    reviews::{form_of, reviewed, values_of},
    users::{MAX_NAME_LENGTH, UserDetails},
};
use server_fn::ServerFn;

use super::{
    begin,
    leaver::{permit, steps_list},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::shown_again,
    jobs::start_once,
    links,
    ui::{CheckField, FieldGroup, FormActions, NothingToReview, Page, PostForm, ReviewForm, TextField},
    users::{UserChoices, UserFields},
};

/// Reviews the chosen steps, then runs them as a job.
#[server(prefix = "/api", endpoint = "people/starter")]
pub async fn run_starter(
    #[server(flatten)] form: StarterForm,
    #[server(default)] once: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let operation = begin(&context, Action::RunGuide).await?;
    let guide = plan_starter(&context.services, &operation, &form).await?;
    permit(&context, &guide).await?;
    if form.reviewed != "true" {
        let review = context.keep_for_review(&operation, links::STARTER, values_of(&form));
        return Ok(Done::default().with_next(review));
    }
    let start = |once| jobs::start(&context.services, &operation, guide.into(), Vec::new(), once);
    start_once(&context, &operation, &once, start).await
}

/// `/people/starter`
pub async fn starter(context: RequestContext) -> PageResult {
    let operation = begin(&context, Action::RunGuide).await?;
    let fields = context.fields_to_review(RunStarter::url());
    let error = fields.error();
    let account = operation.principal().proofpoint.clone();
    let chosen = fields.list("steps[]", &default_steps(&context, account.is_some()));
    let is_chosen = |name: &str| chosen.iter().any(|chosen| chosen == name);
    let (has_account, has_mailbox) = (is_chosen("account"), is_chosen("mailbox"));
    let own = account.map(|account| account.domain).unwrap_or_default();
    let organization = fields.text("organization", &own);
    let username = fields.text("username", "");
    let choices = UserChoices::load(&context, &operation, &fields, &[]).await;
    let refused = |action| {
        context
            .denied(action)
            .map(|denied| view! { <p class="muted">{denied.reason()}</p> })
    };
    let (no_account, no_mailbox) = (refused(Action::CreateUser), refused(Action::CreateMailUser));
    let body = view! {
        <PostForm action=RunStarter::url() error=error.clone() class="form page" finds=true>
            <FieldGroup name="steps[]" label="Steps" error=error.clone()>
                <CheckField name="steps[]" id_prefix="account-" value="account" label="Create the account of the cluster"
                    checked=has_account hint="It gets a temporary password, which the job shows to you alone."/>
                {no_account}
                <CheckField name="steps[]" id_prefix="mailbox-" value="mailbox" label="Create the mailbox at Proofpoint"
                    checked=has_mailbox hint="Leave it out where Azure synchronises: the mailbox comes by itself."/>
                {no_mailbox}
            </FieldGroup>
            <TextField name="username" label="User name" maxlength=MAX_NAME_LENGTH value=username error=error.clone()
                hint="Of the account. The cluster stores it in lower case."/>
            <UserFields details=UserDetails::default() fields choices/>
            <TextField name="organization" label="Organisation of the mailbox" maxlength=253 value=organization error
                hint="One of its domains."/>
            <FormActions back=links::PEOPLE submit="Review"/>
        </PostForm>
    };
    Ok(Page::new("Starter's guide", body)
        .crumb("People", links::PEOPLE)
        .lead("Nothing is created before you have reviewed the steps."))
}

/// The steps that the person may take, those of Proofpoint where the session is connected.
fn default_steps(context: &RequestContext, is_connected: bool) -> Vec<String> {
    let mut steps = Vec::new();
    if context.denied(Action::CreateUser).is_none() {
        steps.push("account".to_owned());
    }
    if is_connected && context.denied(Action::CreateMailUser).is_none() {
        steps.push("mailbox".to_owned());
    }
    steps
}

/// `/people/starter/review`
pub async fn review_starter(context: RequestContext) -> PageResult {
    let operation = begin(&context, Action::RunGuide).await?;
    let change = context.query_value("change").unwrap_or_default();
    let Some(values) = context.services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=links::STARTER.to_owned()/> };
        return Ok(Page::new("Review the starter's guide", nothing).crumb("People", links::PEOPLE));
    };
    let form: StarterForm = form_of(&values);
    let guide = plan_starter(&context.services, &operation, &form).await?;
    let hidden = reviewed(values, "true");
    let error = context.fields(RunStarter::url()).error();
    let body = view! {
        {steps_list(&guide)}
        <ReviewForm action=RunStarter::url() hidden error again=links::change_again(links::STARTER, &change)
            cancel=links::STARTER.to_owned() submit="Run the steps" once=true/>
    };
    Ok(
        Page::new(format!("Review the starter's guide for {}", guide.person), body)
            .crumb("People", links::PEOPLE)
            .crumb("Starter's guide", links::STARTER)
            .lead("Nothing is created yet. The steps run one after the other, as a job."),
    )
}
