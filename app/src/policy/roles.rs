//! `/policy/roles/new` and `/policy/roles/{uid}`: a role of policy management with its members.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    merge::listed,
    policy::{
        self, MAX_DESCRIPTION,
        roles::{self, MembersForm, RoleForm},
    },
    text::counted,
};
use protegrity::pim::{Item, ItemKind, MAX_ROLE_NAME, Member, MemberType, Role, RoleMode, RoleUid, Source};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, with_button},
    object::{ROLES, SOURCES, reported, uid_of, yes_or_no},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{
        Caution, CheckField, Choice, DescriptionList, Detail, EmptyState, FormActions, LinkButton, PostForm,
        RadioGroup, Section, SelectField, SubmitButton, Table, TextAreaField, TextField,
    },
};

const EVERYONE: &str = "Every user is in this role.";
const EVERYONE_ADVICE: &str = "The vendor advises that only for the role of users who are not authorised: what a rule gives this role, \
                               it gives to every user.";

/// Creates a role of policy management.
#[server(prefix = "/api", endpoint = "policy/roles/create")]
pub async fn create_policy_role(#[server(flatten)] form: RoleForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreatePolicyRole, Target::portal()).await?;
    Ok(ROLES.created(&roles::create(&operation, &form).await?))
}

/// Adds members to a role of policy management.
#[server(prefix = "/api", endpoint = "policy/roles/members/add")]
pub async fn add_role_members(#[server(flatten)] form: MembersForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: RoleUid = ROLES.uid(&form.uid)?;
    let operation = context
        .begin(Action::AddPolicyRoleMembers, Target::of("policy_role", &uid))
        .await?;
    let outcome = roles::add_members(&operation, &uid, &form).await?;
    let title = if outcome.added.is_empty() {
        format!("No member to add: {} has all of them.", outcome.role)
    } else {
        let count = counted(outcome.added.len(), ("member", "members"));
        format!("{count} added to {}: {}.", outcome.role, listed(&outcome.added))
    };
    let mut done = Done::new(title).with_next(ROLES.page(uid.as_str()));
    if !outcome.present.is_empty() {
        done = done.with_detail(format!("Members already: {}.", listed(&outcome.present)));
    }
    Ok(done.with_read_back(outcome.read_back.as_ref()))
}

/// `/policy/roles/new`
pub async fn new(context: RequestContext) -> PageResult {
    context.permit(Action::CreatePolicyRole).await?;
    let fields = context.fields(CreatePolicyRole::url());
    let error = fields.error();
    let content = view! {
        <PostForm action=CreatePolicyRole::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_ROLE_NAME
                value=fields.text("name", "") error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "")
                error=error.clone() hint=format!("At most {MAX_DESCRIPTION} characters.")/>
            <CheckField name="allow_all" label="Accept every user (allowAll)"
                checked=fields.flag("allow_all", false) error
                hint="For the role of users who are not authorised, and no other: what a rule gives this role, it gives to every user."/>
            <p class="muted">
                "The role is created in the mode Manual: its members are added one by one, after it is created. The values that \
                 the API has for the modes Semi-automatic and Automatic are not documented."
            </p>
            <FormActions back=ROLES.list submit="Create role"/>
        </PostForm>
    };
    Ok(ROLES
        .below(ROLES.new_label(), content)
        .lead("Users and groups that get the same access to data."))
}

/// `/policy/roles/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: RoleUid = ROLES.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let role = roles::role(&operation, &uid).await?;
    let Deletion { button, dialog } =
        deletion(&context, &operation, ItemKind::Role, uid.as_str(), &role.name).await;
    let (members, sources) =
        futures::try_join!(policy::members(&operation, &uid), policy::sources(&operation))?;
    let accepts_all = role.allow_all == Some(true);
    let content = view! {
        {accepts_all.then(|| view! { <Caution title=EVERYONE detail=EVERYONE_ADVICE/> })}
        <Details role=role.clone()/>
        <Members members sources=sources.clone()/>
        <AddMembers context=context.clone() uid=uid.clone() sources/>
        <UsedBy context item=Item::Role(uid)/>
        {dialog}
    };
    Ok(with_button(ROLES.below(role.name, content).streamed(), button))
}

#[component]
fn Details(role: Role) -> impl IntoView {
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Description">{reported(role.description.as_deref())}</Detail>
                <Detail label="Mode">{reported(role.mode.as_ref().map(RoleMode::as_str))}</Detail>
                <Detail label="Every user (allowAll)">{yes_or_no(role.allow_all)}</Detail>
                <Detail label="UID">{uid_of(role.uid.as_str())}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

#[component]
fn Members(members: Vec<Member>, sources: Vec<Source>) -> impl IntoView {
    let content = if members.is_empty() {
        view! {
            <EmptyState title="No members" hint="Rules for this role have no effect for anyone who is not a member."/>
        }
        .into_any()
    } else {
        let rows = members.into_iter().map(|member| {
            let names = sources
                .iter()
                .map(|source| (source.uid.as_str(), source.name.as_str()));
            let source = match &member.source {
                Some(uid) => SOURCES.named(uid.as_str(), names),
                None => reported(None),
            };
            view! {
                <tr>
                    <th scope="row" class="wraps"><bdi>{member.name}</bdi></th>
                    <td>{reported(member.kind.as_ref().map(in_words))}</td>
                    <td class="wraps">{source}</td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        view! {
            <Table label="Members of the role" columns=&["Name", "Type", "Source"]>{rows}</Table>
        }
        .into_any()
    };
    view! { <Section title="Members">{content}</Section> }.into_any()
}

fn in_words(kind: &MemberType) -> &str {
    match kind {
        MemberType::User => "User",
        MemberType::Group => "Group",
        MemberType::Other(word) => word,
    }
}

#[component]
fn AddMembers(context: RequestContext, uid: RoleUid, sources: Vec<Source>) -> impl IntoView {
    let denied = context.denied(Action::AddPolicyRoleMembers);
    if sources.is_empty() {
        let denied = context.denied(Action::CreateMemberSource);
        return view! {
            <Section title="Add members">
                <EmptyState title="No member sources" hint="Members come from a source, and the cluster has none yet.">
                    <LinkButton label=SOURCES.new_label() href=SOURCES.form() denied/>
                </EmptyState>
            </Section>
        }
        .into_any();
    }
    let fields = context.fields(AddRoleMembers::url());
    let error = fields.error();
    let choices: Vec<_> = sources
        .iter()
        .filter(|source| !source.uid.is_empty())
        .map(|source| Choice::new(source.uid.as_str(), source.name.as_str()))
        .collect();
    let first = choices
        .first()
        .map(|choice| choice.value.clone())
        .unwrap_or_default();
    let kinds = MemberType::KNOWN
        .iter()
        .map(|kind| Choice::new(kind.as_str(), in_words(kind)))
        .collect();
    view! {
        <Section title="Add members">
            <PostForm action=AddRoleMembers::url() class="form page" error=error.clone()
                hidden=vec![("uid", uid.to_string())]>
                <SelectField name="source" label="Source" choices value=fields.text("source", &first)
                    error=error.clone()/>
                <RadioGroup name="kind" label="Type" choices=kinds
                    value=fields.text("kind", MemberType::User.as_str()) error=error.clone()/>
                <TextAreaField name="names" label="Names" rows=3 value=fields.text("names", "") error
                    hint="As the source has them, one a line or separated by commas. The cluster does not say whether the source \
                          has them."/>
                <div class="form-actions"><SubmitButton label="Add members" denied/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}
