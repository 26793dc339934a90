//! `/proofpoint/orgs/{domain}/users/import`: choosing the file with new users.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    jobs,
    mail::users::{IMPORT_COLUMNS, ImportMailUsersForm, plan_import},
};
use server_fn::ServerFn;

use super::{below_users, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    jobs::start_once,
    links,
    ui::{FileField, FileFormat, FormActions, Page, PostForm},
};

/// An example of a file.
const SAMPLE: &str = "email,first_name,last_name,user_type,aliases
ana.ito@example.com,Ana,Ito,end_user,a.ito@example.com|ito@example.com";

/// Starts the dry run over a file.
#[server(prefix = "/api", endpoint = "proofpoint/users/import")]
pub async fn import_mail_users(
    #[server(flatten)] form: ImportMailUsersForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.domain)?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(Action::CreateMailUser, target).await?;
    let start = async |once| {
        let command = plan_import(&organization, &form)?;
        jobs::start(&context.services, &operation, command, Vec::new(), once).await
    };
    start_once(&context, &operation, &once, start).await
}

/// `/proofpoint/orgs/{domain}/users/import`
pub async fn import(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let target = Target::of("mail_organization", &organization);
    context.begin(Action::CreateMailUser, target).await?;
    let error = context.fields(ImportMailUsers::url()).error();
    let hidden = vec![("domain", organization.to_string())];
    let back = links::mail_users(&organization);
    let body = view! {
        <PostForm action=ImportMailUsers::url() error=error.clone() class="form page" multipart=true once=true hidden>
            <FileField name="file" label="File" accept=".csv,text/csv" hint="At most 2,000 rows and 2 MB." error/>
            <FormActions back submit="Start the dry run"/>
        </PostForm>
        <FileFormat columns=IMPORT_COLUMNS sample=SAMPLE
            takes="Entra ID's export of users and the portal's own list of an organisation are taken too."/>
    };
    let page = below_users(Page::new("Create users from a file", body), &organization);
    Ok(page.lead("A dry run comes first: it shows for each row what would happen, and creates no user."))
}
