//! `/users/import`: choosing the file with new users.

use std::sync::Arc;

use gate::{Action, OperationError, Target};
use leptos::prelude::*;
use operations::{
    jobs,
    user_import::{COLUMNS, ImportUsersForm, plan_import},
};
use protegrity::Role;
use server_fn::ServerFn;

use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    jobs::start_once,
    ui::{Caution, FileField, FileFormat, FormActions, Page, PostForm, RolePicker},
};

/// An example of a file.
const SAMPLE: &str = "username,email,first_name,last_name,roles,groups
ana.ito,ana.ito@example.com,Ana,Ito,directory_viewer|security_viewer,developers";

/// Starts the dry run over a file.
#[server(prefix = "/api", endpoint = "users/import")]
pub async fn import_users(
    #[server(flatten)] form: ImportUsersForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::ImportUsers, Target::portal()).await?;
    let start = async |once| {
        let (command, passwords) = plan_import(&form)?;
        jobs::start(&context.services, &operation, command, passwords, once).await
    };
    start_once(&context, &operation, &once, start).await
}

/// `/users/import`
pub async fn import(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ImportUsers, Target::portal()).await?;
    let roles = context.services.directory.roles(&operation, false).await;
    let body = view! {
        <ImportForm context roles/>
        <FileFormat columns=COLUMNS sample=SAMPLE
            takes="Entra ID's template for creating users in bulk and the portal's own list of users are taken too."/>
    };
    Ok(Page::new("Create users from a file", body)
        .crumb("Users", "/users")
        .lead("A dry run comes first: it shows for each row what would happen, and creates no user."))
}

#[component]
fn ImportForm(context: RequestContext, roles: Result<Arc<Vec<Role>>, OperationError>) -> impl IntoView {
    let fields = context.fields(ImportUsers::url());
    let error = fields.error();
    let chosen: Vec<String> = fields.list("roles[]", &[] as &[String]);
    let picker = match roles.map_err(PortalError::from) {
        Ok(roles) => view! {
            <RolePicker name="roles[]" label="Roles of rows that name none" roles=roles.to_vec() chosen
                hint="Every user must have at least one role." error=error.clone()/>
        }
        .into_any(),
        Err(failure) => view! {
            <Caution title="The roles of the cluster could not be read: each row must name its own."
                detail=failure.detail.unwrap_or(failure.title)/>
        }
        .into_any(),
    };
    view! {
        <PostForm action=ImportUsers::url() error=error.clone() class="form page" multipart=true once=true>
            <FileField name="file" label="File" accept=".csv,text/csv" hint="At most 2,000 rows and 2 MB." error/>
            {picker}
            <FormActions back="/users" submit="Start the dry run"/>
        </PostForm>
    }
    .into_any()
}
