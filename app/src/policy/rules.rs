//! `/policy/policies/{uid}/rules/new`: the same rule for one or several roles and data elements.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    jobs::{self, JobRecord, JobReport},
    merge::listed,
    policy::{self, NewRulesForm, OPERATIONS, PermissionBoxes, PlannedRules, PolicyRules, RulesReport},
    text::{counted, grouped},
};
use protegrity::pim::{Mask, NoAccessOperation, PolicyUid, ProtectionMethod, Role};
use server_fn::ServerFn;

use super::object::POLICIES;
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::Fields,
    jobs::start_once,
    links,
    ui::{Caution, CheckField, Choice, FieldGroup, FormActions, PostForm, Section, SelectField},
};

/// Adds a rule to a policy, or starts the job that adds several.
#[server(prefix = "/api", endpoint = "policy/rules/create")]
pub async fn create_rules(
    #[server(flatten)] form: NewRulesForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: PolicyUid = POLICIES.uid(&form.policy)?;
    let operation = context
        .begin(Action::CreateRule, Target::of("policy", &uid))
        .await?;
    let known = PolicyRules::read(&operation, &uid).await?;
    let planned = known.plan(&form);
    match planned {
        Ok(PlannedRules::One(row)) => {
            let read_back = policy::create_rule(&context.services, &operation, &uid, &row.rule).await?;
            let title = format!("The rule for {} and {} is added.", row.role, row.element);
            let done = Done::new(title).with_next(links::policy(&uid));
            Ok(match read_back.detail() {
                None => done.with_detail("It takes effect with the next deployment of the policy."),
                Some(detail) => done.with_detail(detail),
            })
        }
        // A form that was sent twice leads to its job, whose rules are there by now.
        planned => {
            let start = async |once| match planned? {
                PlannedRules::Many(command) => {
                    jobs::start(&context.services, &operation, command, Vec::new(), once).await
                }
                PlannedRules::One(_) => Err(jobs::JobError::Empty.into()),
            };
            start_once(&context, &operation, &once, start).await
        }
    }
}

/// The rules that a job has added, read back; nothing where it added none.
pub(crate) fn added_rules(record: &JobRecord) -> Option<AnyView> {
    let Some(JobReport::Rules(report)) = &record.report else {
        return None;
    };
    let RulesReport {
        as_sent,
        others,
        differences,
    } = report.clone();
    let words = format!(
        "{} in the cluster as sent.",
        counted(as_sent, ("new rule is", "new rules are"))
    );
    let more = others.saturating_sub(differences.len());
    let others = (others > 0).then(|| {
        let title = format!(
            "{} not known to be as sent",
            counted(others, ("new rule is", "new rules are"))
        );
        let rows = differences.into_iter().map(|words| view! { <li>{words}</li> });
        let more = (more > 0).then(|| view! { <p>{format!("And {} more.", grouped(more as u64))}</p> });
        view! {
            <Caution title detail="Look at them on the pages of their policies before you deploy these."/>
            <ul>{rows.collect_view()}</ul>
            {more}
        }
    });
    Some(view! { <Section title="Rules read back"><p>{words}</p>{others}</Section> }.into_any())
}

/// `/policy/policies/{uid}/rules/new`
pub async fn new_rules(context: RequestContext) -> PageResult {
    let uid: PolicyUid = POLICIES.uid(context.param("uid"))?;
    let operation = context
        .begin(Action::CreateRule, Target::of("policy", &uid))
        .await?;
    let known = PolicyRules::read(&operation, &uid).await?;
    let fields = context.fields(CreateRules::url());
    let error = fields.error();
    let asked = |key| context.query_value(key).into_iter().collect::<Vec<_>>();
    let (roles, elements) = (asked("role"), asked("element"));
    let name = known.policy.name.clone();
    let template = known.policy.template.as_ref().map(PermissionBoxes::from);
    let page = links::policy(&uid);
    let hidden = vec![("policy", uid.to_string())];
    let role_boxes = known.roles.iter().map(|role| {
        let everyone = (role.allow_all == Some(true)).then_some("every user");
        (
            role.uid.to_string(),
            role.name.clone(),
            everyone.unwrap_or_default().to_owned(),
        )
    });
    let role_boxes = boxes("roles[]", role_boxes, &fields.list("roles[]", &roles));
    let element_boxes = known.data_elements.iter().map(|element| {
        let method = element
            .method
            .as_ref()
            .map_or("method not known", ProtectionMethod::key);
        (element.uid.to_string(), element.name.clone(), method.to_owned())
    });
    let element_boxes = boxes("elements[]", element_boxes, &fields.list("elements[]", &elements));
    let (all_roles, all_elements) = (
        fields.flag("all_roles", false),
        fields.flag("all_elements", false),
    );
    let all_roles_hint = all_roles_hint(&known.roles);
    let masks = known.masks.clone();
    let back = page.clone();
    let content = view! {
        <PostForm action=CreateRules::url() error=error.clone() class="form page" once=true hidden>
            <FieldGroup name="roles[]" label="Roles" error=error.clone()
                hint="Whom the rule is for. Several roles or data elements make a rule for each pair.">
                <CheckField name="all_roles" label="All roles, whichever are ticked below" checked=all_roles
                    hint=all_roles_hint/>
                {role_boxes}
            </FieldGroup>
            <FieldGroup name="elements[]" label="Data elements" error=error.clone() hint="What the rule is about.">
                <CheckField name="all_elements" label="All data elements, whichever are ticked below" checked=all_elements
                    hint="Those that have a rule in this policy already are left as they are."/>
                {element_boxes}
            </FieldGroup>
            <RuleFields fields masks now=template.unwrap_or_default()/>
            <FormActions back submit="Add rule"/>
        </PostForm>
    };
    Ok(POLICIES
        .below(format!("Add a rule to {name}"), content)
        .crumb(name, page)
        .lead("The boxes begin with the policy's template. The rule takes effect with the policy's next deployment."))
}

/// What to know before all roles are ticked.
fn all_roles_hint(roles: &[Role]) -> String {
    let left = "Those that have a rule in this policy already are left as they are.";
    let open: Vec<_> = roles
        .iter()
        .filter(|role| role.allow_all == Some(true))
        .map(|role| role.name.as_str())
        .collect();
    match listed(&open) {
        names if names.is_empty() => left.to_owned(),
        names => format!("{left} Among all roles are those that every user is in: {names}."),
    }
}

/// Boxes to tick: value, name, and what tells it from others.
fn boxes(
    name: &'static str,
    rows: impl Iterator<Item = (String, String, String)>,
    ticked: &[String],
) -> AnyView {
    let rows = rows.map(|(value, label, detail)| {
        let checked = ticked.contains(&value);
        view! {
            <li>
                <label class="check-line">
                    <input type="checkbox" name=name value=value checked=checked/>
                    <span><bdi>{label}</bdi></span>
                    <span class="picker-detail">{detail}</span>
                </label>
            </li>
        }
    });
    view! { <ul class="picker-chosen">{rows.collect_view()}</ul> }.into_any()
}

/// What a rule says: what is permitted and audited, the mask, and what those without access get.
#[component]
pub(super) fn RuleFields(
    fields: Fields,
    /// The masks of the cluster.
    masks: Vec<Mask>,
    now: PermissionBoxes,
    #[prop(optional, into)] mask: String,
    #[prop(optional, into)] no_access: String,
) -> impl IntoView {
    let error = fields.error();
    let masks = masks
        .iter()
        .map(|mask| Choice::new(mask.uid.as_str(), mask.name.as_str()));
    let masks = std::iter::once(Choice::new("", "No mask")).chain(masks);
    let masks = with_present(masks.collect(), &mask);
    let words = vec![
        Choice::new("", "Null (default)"),
        Choice::new(NoAccessOperation::ProtectedValue.as_str(), "The protected value"),
        Choice::new(NoAccessOperation::Exception.as_str(), "An error"),
    ];
    let words = with_present(words, &no_access);
    let (mask, no_access) = (fields.text("mask", &mask), fields.text("no_access", &no_access));
    view! {
        <PermissionFields fields now/>
        <SelectField name="mask" label="Mask" choices=masks value=mask
            hint="Hides characters of the value when it is unprotected. It does nothing without unprotect."
            error=error.clone()/>
        <SelectField name="no_access" label="Without access, users get" choices=words value=no_access error
            hint="When a value is unprotected without access. A protect without access is always an error."/>
    }
    .into_any()
}

/// The choices with the present value, where the cluster has one that is not among them: it stays what it is.
fn with_present(mut choices: Vec<Choice>, value: &str) -> Vec<Choice> {
    if choices.iter().all(|choice| choice.value != value) {
        choices.push(Choice::new(value, value));
    }
    choices
}

/// What is permitted and what is audited.
#[component]
pub(super) fn PermissionFields(fields: Fields, now: PermissionBoxes) -> impl IntoView {
    let error = fields.error();
    let group = |name: &'static str, label: &'static str, hint: &'static str, now: &[String]| {
        let ticked = fields.list(name, now);
        let boxes = OPERATIONS.map(|(value, label)| {
            let checked = ticked.iter().any(|ticked| ticked == value);
            view! { <CheckField name value label checked/> }
        });
        let boxes = boxes.into_iter().collect_view();
        view! { <FieldGroup name label hint error=error.clone()>{boxes}</FieldGroup> }
    };
    view! {
        {group("access[]", "May", "Re-protect takes a value from one protection to another without showing it.", &now.access)}
        {group("audit_success[]", "Audit when it succeeds", "Each such call leaves a record.", &now.audit_success)}
        {group("audit_failed[]", "Audit when it fails", "Attempts without access are among them.", &now.audit_failed)}
    }
    .into_any()
}
