//! `/policy/sources/new` and `/policy/sources/{uid}`: where the members of roles come from.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::{
    MAX_NAME,
    sources::{self, MAX_PATH, SourceForm},
};
use protegrity::pim::{FileConnection, Item, ItemKind, SourceType, SourceUid};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, with_button},
    object::{SOURCES, reported, uid_of},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{DescriptionList, Detail, FormActions, PostForm, Section, TextField},
};

/// Creates a member source of the type `FILE`.
#[server(prefix = "/api", endpoint = "policy/sources/create")]
pub async fn create_member_source(#[server(flatten)] form: SourceForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context
        .begin(Action::CreateMemberSource, Target::portal())
        .await?;
    Ok(SOURCES.created(&sources::create(&operation, &form).await?))
}

/// `/policy/sources/new`
pub async fn new(context: RequestContext) -> PageResult {
    context.permit(Action::CreateMemberSource).await?;
    let fields = context.fields(CreateMemberSource::url());
    let error = fields.error();
    let content = view! {
        <PostForm action=CreateMemberSource::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_NAME
                value=fields.text("name", "") error=error.clone()/>
            <TextField name="user_file" label="File with users" required=true maxlength=MAX_PATH
                value=fields.text("user_file", "") error=error.clone()
                hint="The path on the cluster, not on your computer."/>
            <TextField name="group_file" label="File with groups" required=true maxlength=MAX_PATH
                value=fields.text("group_file", "") error
                hint="The path on the cluster of the file that says which users each group has."/>
            <FormActions back=SOURCES.list submit="Create member source"/>
        </PostForm>
    };
    let lead = "A source of the type FILE: two files on the cluster. The API documents no other type; sources in a directory or \
                a database are made on the cluster's own screens.";
    Ok(SOURCES.below(SOURCES.new_label(), content).lead(lead))
}

/// `/policy/sources/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: SourceUid = SOURCES.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let source = sources::source(&operation, &uid).await?;
    let Deletion { button, dialog } =
        deletion(&context, &operation, ItemKind::Source, uid.as_str(), &source.name).await;
    let file = |of: fn(&FileConnection) -> &str| reported(source.file.as_ref().map(of));
    let (user_file, group_file) = (file(|file| &file.user_file), file(|file| &file.group_file));
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Type">{reported(source.kind.as_ref().map(SourceType::as_str))}</Detail>
                <Detail label="File with users">{user_file}</Detail>
                <Detail label="File with groups">{group_file}</Detail>
                <Detail label="UID">{uid_of(source.uid.as_str())}</Detail>
            </DescriptionList>
            <p class="muted">"How a source of another type connects is not read: it holds credentials."</p>
        </Section>
        <UsedBy context item=Item::Source(uid)/>
        {dialog}
    };
    Ok(with_button(
        SOURCES.below(source.name, content).streamed(),
        button,
    ))
}
