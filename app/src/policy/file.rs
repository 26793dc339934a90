//! `/policy/file`: the configuration of policy management as a file.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    jobs,
    policy::{
        self, Workbench,
        file::{PolicyFileForm, plan_import},
    },
};
use server_fn::ServerFn;

use super::{WORKBENCH, begin};
use crate::{
    answer::{Content, Download, PageResult},
    context::RequestContext,
    error::PortalError,
    flash::Done,
    jobs::start_once,
    ui::{EmptyState, FileField, LinkButton, Page, PostForm, Section, SubmitButton},
};

/// An example of a file that can be imported.
const SAMPLE: &str = "\
version: 1
sources:
- name: directory
  type: FILE
  userFile: /opt/example/users.csv
  groupFile: /opt/example/groups.csv
roles:
- name: ANALYST
  members:
  - {source: directory, type: USER, name: ana.ito}
dataElements:
- name: DE_CITY
  method:
    alphabeticToken: {tokenizer: SLT_1_3, lengthPreserving: true}
policies:
- name: CUSTOMER_DATA
  template: {access: []}
  rules:
  - role: ANALYST
    dataElement: DE_CITY
    access: [unProtect]";

/// Starts the plan of an import.
#[server(prefix = "/api", endpoint = "policy/file/plan")]
pub async fn plan_policy_file(
    #[server(flatten)] form: PolicyFileForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::ImportPolicy, Target::portal()).await?;
    let start = async |once| {
        let command = plan_import(&operation, &form).await?;
        jobs::start(&context.services, &operation, command, Vec::new(), once).await
    };
    start_once(&context, &operation, &once, start).await
}

/// `/policy/file.yaml`: everything that is configured.
pub async fn export(context: RequestContext) -> Result<Download, PortalError> {
    let operation = begin(&context).await?;
    Ok(Download {
        name: "policy",
        content: Content::Yaml(policy::file::export(&operation).await?),
    })
}

/// `/policy/file`
pub async fn page(context: RequestContext) -> PageResult {
    let content = match policy::workbench(&begin(&context).await?).await? {
        Workbench::Missing => view! {
            <EmptyState title="This cluster has no policy management"
                hint="Its Policy Workbench is not installed, or does not run."/>
        }
        .into_any(),
        state => {
            let is_initialized = matches!(state, Workbench::Ready(_));
            view! {
                <Export is_initialized/>
                <Import context is_initialized/>
                <Format/>
            }
            .into_any()
        }
    };
    Ok(Page::new("Policy as a file", content)
        .crumb("Policy", WORKBENCH)
        .lead("Everything that is configured, in one file: to keep it, to compare it, and to move it to another cluster."))
}

#[component]
fn Export(is_initialized: bool) -> impl IntoView {
    let content = if is_initialized {
        view! {
            <p>"Member sources, roles with their members, masks, alphabets, data elements, data stores, trusted applications and policies with their rules, each by its name. The same configuration always gives the same file."</p>
            <p>"Not in it: export keys, and what is deployed. No secret is in it: of a member source that is not of the type FILE it has the name, the type and the words “connection: needed”, because its connection holds credentials. Create such a source on the other cluster's own screens before its members are imported."</p>
            <p>"Fields that the API's documents do not describe stay out as well. The comment at the head of the file names those that this cluster has."</p>
            <div class="form-actions"><LinkButton label="Download the file" href="/policy/file.yaml"/></div>
        }
        .into_any()
    } else {
        view! { <p>"Policy management is not initialised yet: there is nothing to export."</p> }.into_any()
    };
    view! { <Section title="Export">{content}</Section> }
}

#[component]
fn Import(context: RequestContext, is_initialized: bool) -> impl IntoView {
    let denied = context.denied(Action::ImportPolicy);
    let fields = context.fields(PlanPolicyFile::url());
    let error = fields.error();
    let first = (!is_initialized).then(|| {
        view! { <p>"Policy management is not initialised yet: the plan begins with that."</p> }
    });
    view! {
        <Section title="Import">
            <p>"A plan comes first, and changes nothing: it shows what would be created, what is there already, and what is there but different. The last is left as it is, because the cluster's documents promise no way to change it."</p>
            {first}
            <PostForm action=PlanPolicyFile::url() error=error.clone() class="form" multipart=true once=true>
                <FileField name="file" label="File" accept=".yaml,.yml,application/yaml"
                    hint="YAML, at most 5,000 objects and rules, and 2 MB." error/>
                <div class="form-actions"><SubmitButton label="Plan the import" denied/></div>
            </PostForm>
        </Section>
    }
}

#[component]
fn Format() -> impl IntoView {
    view! {
        <Section title="Format of the file">
            <p>"YAML with the keys of the API, and with names where that has uids. What a rule or a member names can be in the file or in the cluster. Parts that are not needed can be left out. Anchors and aliases are not taken."</p>
            <p>"The file of an export has everything: download it to see each kind of object."</p>
            <pre class="sample" tabindex="0" aria-label="Example of a file">{SAMPLE}</pre>
        </Section>
    }
}
