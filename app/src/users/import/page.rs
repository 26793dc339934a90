//! `/users/import`: choosing the file.

use gate::{Action, Target};
use leptos::prelude::*;
use server_fn::ServerFn;

use super::{ImportUsers, file::COLUMNS};
use crate::{
    error::PortalError,
    shell::{Frame, fail_page},
    ui::{
        DescriptionList, Detail, ErrorState, FileField, Notice, PageHeader, PostForm, RolePicker, Section,
        SubmitButton, Tone,
    },
    visit::{Visit, visit},
};

/// `/users/import`
#[component]
pub fn ImportUsersPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            <PageHeader title="Create users from a file"
                lead="A dry run comes first: it says of each row what would happen, and creates nobody."/>
            {Suspend::new(async move {
                match visit.open(Action::ImportUsers, Target::portal()) {
                    Ok(_) => {
                        let roles = roles(&visit).await;
                        view! { <ImportForm visit roles/> }.into_any()
                    }
                    Err(error) => {
                        fail_page(&visit, &error);
                        view! { <ErrorState error/> }.into_any()
                    }
                }
            })}
            <Columns/>
        </Frame>
    }
    .into_any()
}

async fn roles(visit: &Visit) -> Result<Vec<protegrity::Role>, PortalError> {
    let passage = visit.open(Action::ImportUsers, Target::portal())?;
    let roles = passage.roles(false).await;
    roles
        .map(|roles| roles.to_vec())
        .map_err(|error| visit.explain(Action::ListRoles, &error))
}

#[component]
fn ImportForm(visit: Visit, roles: Result<Vec<protegrity::Role>, PortalError>) -> impl IntoView {
    let fields = visit.fields(ImportUsers::url());
    let error = fields.error();
    let chosen = fields.list::<String>("roles[]", &[]);
    let picker = match roles {
        Ok(roles) => view! {
            <RolePicker name="roles[]" label="Roles of rows that name none" roles chosen
                hint="Every user must have at least one role." error=error.clone()/>
        }
        .into_any(),
        Err(failure) => view! {
            <Notice tone=Tone::Warning title="The roles of the cluster could not be read: each row must name its own."
                detail=failure.detail.unwrap_or(failure.title)/>
        }
        .into_any(),
    };
    view! {
        <PostForm action=ImportUsers::url() error=error.clone() class="form page" multipart=true>
            <FileField name="file" label="File" accept=".csv,text/csv" hint="At most 2,000 rows and 1 MB." error/>
            {picker}
            <div class="form-actions">
                <a class="button" href="/users">"Cancel"</a>
                <SubmitButton label="Start the dry run"/>
            </div>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Columns() -> impl IntoView {
    let rows = COLUMNS
        .iter()
        .map(|(name, about)| view! { <Detail label=*name>{*about}</Detail> });
    view! {
        <Section title="What the file looks like">
            <p>"CSV with a heading, commas or semicolons between the cells. The order of the columns does not matter."</p>
            <DescriptionList>{rows.collect_view()}</DescriptionList>
            <pre class="sample" tabindex="0" aria-label="Example of a file">
                "username,email,first_name,last_name,roles,groups\nana.ito,ana.ito@example.com,Ana,Ito,directory_viewer;security_viewer,developers"
            </pre>
        </Section>
    }
    .into_any()
}
