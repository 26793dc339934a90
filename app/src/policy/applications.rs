//! `/policy/applications/new` and `/policy/applications/{uid}`: programs that may call a protector.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::applications::{self, ApplicationForm, MAX_USER};
use protegrity::pim::{ApplicationUid, Item, ItemKind, MAX_APPLICATION_NAME, MAX_APPLICATION_OBJECT_NAME};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, with_button},
    object::{APPLICATIONS, reported, uid_of},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{DescriptionList, Detail, FormActions, PostForm, Section, TextAreaField, TextField},
};

const ONE_STORE: &str = "A trusted application belongs to one data store only.";

/// Creates a trusted application.
#[server(prefix = "/api", endpoint = "policy/applications/create")]
pub async fn create_application(#[server(flatten)] form: ApplicationForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateApplication, Target::portal()).await?;
    Ok(APPLICATIONS.created(&applications::create(&operation, &form).await?))
}

/// `/policy/applications/new`
pub async fn new(context: RequestContext) -> PageResult {
    context.permit(Action::CreateApplication).await?;
    let fields = context.fields(CreateApplication::url());
    let error = fields.error();
    let content = view! {
        <PostForm action=CreateApplication::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_APPLICATION_OBJECT_NAME
                value=fields.text("name", "") error=error.clone() hint="The name of this object, not the program's."/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "")
                error=error.clone() hint="Some clusters refuse a description here: leave it empty then."/>
            <TextField name="application_name" label="Program" required=true maxlength=MAX_APPLICATION_NAME
                value=fields.text("application_name", "") error=error.clone()
                hint="Its name or path. * stands for any characters and ? for any one."/>
            <TextField name="application_user" label="System user" required=true maxlength=MAX_USER
                value=fields.text("application_user", "") error
                hint="The user of the operating system that the program runs as. * and ? stand for characters here too."/>
            <FormActions back=APPLICATIONS.list submit="Create trusted application"/>
        </PostForm>
    };
    let lead = format!("One program of one system user that may call a protector. {ONE_STORE}");
    Ok(APPLICATIONS.below(APPLICATIONS.new_label(), content).lead(lead))
}

/// `/policy/applications/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: ApplicationUid = APPLICATIONS.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let application = applications::application(&operation, &uid).await?;
    let Deletion { button, dialog } = deletion(
        &context,
        &operation,
        ItemKind::Application,
        uid.as_str(),
        &application.name,
    )
    .await;
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Description">{reported(application.description.as_deref())}</Detail>
                <Detail label="Program">{reported(application.application_name.as_deref())}</Detail>
                <Detail label="System user">{reported(application.application_user.as_deref())}</Detail>
                <Detail label="UID">{uid_of(application.uid.as_str())}</Detail>
            </DescriptionList>
            <p class="muted">{ONE_STORE}" Deploying it on another one is refused while this one has it."</p>
        </Section>
        <UsedBy context item=Item::Application(uid)/>
        {dialog}
    };
    Ok(with_button(
        APPLICATIONS.below(application.name, content).streamed(),
        button,
    ))
}
