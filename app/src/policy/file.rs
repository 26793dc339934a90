//! `/policy/file`: the configuration of policy management as a file.

use leptos::prelude::*;
use operations::policy::{self, Workbench};

use super::{WORKBENCH, begin};
use crate::{
    answer::{Content, Download, PageResult},
    context::RequestContext,
    error::PortalError,
    ui::{EmptyState, LinkButton, Page, Section},
};

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
        state => view! { <Export is_initialized=matches!(state, Workbench::Ready(_))/> }.into_any(),
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
            <p>"Not in it: export keys, what a member source connects with except the paths of files, and what is deployed. No secret is in it."</p>
            <div class="form-actions"><LinkButton label="Download the file" href="/policy/file.yaml"/></div>
        }
        .into_any()
    } else {
        view! { <p>"Policy management is not initialised yet: there is nothing to export."</p> }.into_any()
    };
    view! { <Section title="Export">{content}</Section> }
}
