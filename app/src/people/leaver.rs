//! `/people/leaver?email=`: what is done for a person who leaves, each step of choice, reviewed and run as one job.

use gate::{Action, Operation, System};
use leptos::prelude::*;
use operations::{
    jobs,
    people::{Guide, GuideStep, LeaverForm, LeaverSteps, Person, find, leaver_steps, plan_leaver},
    reviews::{form_of, reviewed, values_of},
};
use server_fn::ServerFn;

use super::{begin, missing_part, systems};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    jobs::start_once,
    links,
    ui::{
        CheckField, Choice, EmptyState, FieldGroup, FormActions, NothingToReview, Page, PostForm, RadioGroup,
        ReviewForm, Section,
    },
};

/// Reviews the chosen steps, then runs them as a job.
#[server(prefix = "/api", endpoint = "people/leaver")]
pub async fn run_leaver(
    #[server(flatten)] form: LeaverForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = begin(&context, Action::RunGuide).await?;
    let (_, guide) = plan(&context, &operation, &form).await?;
    permit(&context, &guide).await?;
    if form.reviewed != LeaverForm::fingerprint(&guide) {
        let review = context.keep_for_review(&operation, links::LEAVER, values_of(&form));
        return Ok(Done::default().with_next(review));
    }
    let start = |once| jobs::start(&context.services, &operation, guide.into(), Vec::new(), once);
    start_once(&context, &operation, &once, start).await
}

/// Each step needs the permission of the action that it is.
pub(super) async fn permit(context: &RequestContext, guide: &Guide) -> Result<(), PortalError> {
    for step in &guide.steps {
        context.permit(step.action()).await?;
    }
    Ok(())
}

async fn plan(
    context: &RequestContext,
    operation: &Operation,
    form: &LeaverForm,
) -> Result<(Person, Guide), PortalError> {
    let person = find(&context.services, &systems(operation), &form.email).await;
    let name = person.name().unwrap_or_else(|| form.email.clone());
    let guide = plan_leaver(leaver_steps(operation, &person), &name, form)?;
    Ok((person, guide))
}

/// `/people/leaver`
pub async fn leaver(context: RequestContext) -> PageResult {
    let operation = begin(&context, Action::RunGuide).await?;
    let fields = context.fields_to_review(RunLeaver::url());
    let email = fields.text("email", &context.query_value("email").unwrap_or_default());
    if email.trim().is_empty() {
        let hint = "Find the person first: the guide is on the person's page.";
        let body = view! {
            <EmptyState title="No person chosen" hint><a class="button" href=links::PEOPLE>"Find a person"</a></EmptyState>
        };
        return Ok(Page::new("Leaver's guide", body).crumb("People", links::PEOPLE));
    }
    let person = find(&context.services, &systems(&operation), &email).await;
    let steps = leaver_steps(&operation, &person);
    let name = person.name().unwrap_or_else(|| email.clone());
    let part = |system, error: Option<operations::Error>| {
        error.map(|error| missing_part(&context, system, error.into()))
    };
    let missing_account = part(System::Protegrity, person.account.err());
    let missing_mailbox = part(System::Proofpoint, person.mailbox.err());
    let error = fields.error();
    let ticked = fields.list::<String>("steps[]", &[]);
    let account = account_fields(&context, &steps, &ticked);
    let mailbox = mailbox_fields(&context, &steps, &fields.text("mailbox", ""), error.clone());
    let exempt = fields.flag("exempt", false);
    let may_convert = context.denied(Action::ConvertMailUser).is_none();
    let is_exemption_offered = steps.mailbox.is_some() && !steps.is_functional && may_convert;
    let page = links::person(&email);
    let back = page.clone();
    let hidden = vec![("email", email.clone())];
    let body = view! {
        <PostForm action=RunLeaver::url() error=error.clone() class="form page" hidden>
            {missing_account}
            <FieldGroup name="steps[]" label="Account of the cluster" error=error.clone()>{account}</FieldGroup>
            {missing_mailbox}
            {mailbox}
            {is_exemption_offered.then(|| view! {
                <CheckField name="exempt" label="Exempt it from the synchronisation with Azure" checked=exempt error
                    hint="Without that, the next synchronisation deletes a functional account and creates the user again."/>
            })}
            <FormActions back submit="Review"/>
        </PostForm>
    };
    Ok(Page::new(format!("Leaver's guide for {name}"), body)
        .crumb("People", links::PEOPLE)
        .crumb(name, page)
        .lead("Choose the steps. Nothing is done before you have reviewed them."))
}

/// The boxes of the account's steps. A step that the person may not take is left out of the form, with the reason.
fn account_fields(context: &RequestContext, steps: &LeaverSteps, ticked: &[String]) -> AnyView {
    if steps.is_own {
        return view! { <p>"This is your own account: another administrator has to do that."</p> }.into_any();
    }
    if steps.account.is_empty() {
        return view! { <p>"There is nothing to do at the cluster."</p> }.into_any();
    }
    let field = |(name, step): &(&'static str, GuideStep)| {
        let label = step.title();
        match context.denied(step.action()) {
            Some(denied) => view! {
                <p class="check-line muted">{format!("{label}: not for you. {}", denied.reason())}</p>
            }
            .into_any(),
            None => view! {
                <CheckField name="steps[]" id_prefix=format!("{name}-") label value=*name
                    checked=ticked.iter().any(|ticked| ticked == name) hint=hint(step)/>
            }
            .into_any(),
        }
    };
    steps.account.iter().map(field).collect_view().into_any()
}

fn mailbox_fields(
    context: &RequestContext,
    steps: &LeaverSteps,
    chosen: &str,
    error: Option<PortalError>,
) -> Option<AnyView> {
    let mailbox = steps.mailbox.as_ref()?;
    let mut choices = vec![Choice::new("", "Leave it as it is")];
    if !steps.is_functional && context.denied(Action::ConvertMailUser).is_none() {
        let mut choice = Choice::new("functional", "Make it a functional account");
        choice.hint = Some("It keeps its mail and takes no licence.".to_owned());
        choices.push(choice);
    }
    if context.denied(Action::DeactivateMailUser).is_none() {
        let mut choice = Choice::new("deactivate", "Deactivate it");
        choice.hint = Some("Mail to it is rejected from then on.".to_owned());
        choices.push(choice);
    }
    let label = format!("Mailbox {}", mailbox.email);
    Some(view! { <RadioGroup name="mailbox" label choices value=chosen.to_owned() error/> }.into_any())
}

/// What a step means, where its title does not say enough.
fn hint(step: &GuideStep) -> String {
    match step {
        GuideStep::Lock(_) => "It cannot sign in until it is unlocked with a new password.".to_owned(),
        GuideStep::EndSessions(_) => {
            "Sessions of other consoles end when the cluster's tokens expire.".to_owned()
        }
        GuideStep::RemoveFromGroups { groups, .. } => groups.join(", "),
        GuideStep::RemoveRoles { roles, .. } => {
            format!("{}. The cluster may insist that one stays.", roles.join(", "))
        }
        GuideStep::MakeFunctional { is_exempt: true, .. } => {
            "It is exempted from the synchronisation with Azure.".to_owned()
        }
        GuideStep::MakeFunctional { .. } => {
            "Where Azure synchronises, the next run deletes it and creates the user again.".to_owned()
        }
        GuideStep::Deactivate(_) => "Mail to it is rejected from then on.".to_owned(),
        GuideStep::CreateAccount(account) => {
            let roles = account.roles.join(", ");
            match account.groups.join(", ") {
                groups if groups.is_empty() => format!("Roles: {roles}."),
                groups => format!("Roles: {roles}. Groups: {groups}."),
            }
        }
        GuideStep::CreateMailbox(mailbox) => format!("In the organisation of {}.", mailbox.organization),
    }
}

/// The steps of a guide in words, before they are run.
pub(super) fn steps_list(guide: &Guide) -> AnyView {
    let item = |step: &GuideStep| {
        view! {
            <li><strong><bdi>{step.title()}</bdi></strong> <p class="muted"><bdi>{hint(step)}</bdi></p></li>
        }
    };
    let items = guide.steps.iter().map(item).collect_view();
    view! { <Section title="Steps"><ol class="remarks">{items}</ol></Section> }.into_any()
}

/// `/people/leaver/review`
pub async fn review_leaver(context: RequestContext) -> PageResult {
    let operation = begin(&context, Action::RunGuide).await?;
    let change = context.query_value("change").unwrap_or_default();
    let Some(values) = context.services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=links::PEOPLE.to_owned()/> };
        return Ok(Page::new("Review the leaver's guide", nothing).crumb("People", links::PEOPLE));
    };
    let form: LeaverForm = form_of(&values);
    let (_, guide) = plan(&context, &operation, &form).await?;
    let hidden = reviewed(values, LeaverForm::fingerprint(&guide));
    let error = context.fields(RunLeaver::url()).error();
    let page = links::person(&form.email);
    let cancel = page.clone();
    let body = view! {
        {steps_list(&guide)}
        <ReviewForm action=RunLeaver::url() hidden error again=links::change_again(links::LEAVER, &change) cancel
            submit="Run the steps" once=true/>
    };
    Ok(
        Page::new(format!("Review the leaver's guide for {}", guide.person), body)
            .crumb("People", links::PEOPLE)
            .crumb(guide.person.clone(), page)
            .lead("Nothing is done yet. The steps run one after the other, as a job."),
    )
}
