//! `/services/{api}/doc`: the operations that a service says it has, and which of the portal's features need one of them.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::cluster::specification;
use protegrity::{
    Api, Specification, SpecifiedOperation,
    pim::{ItemCall, ItemKind},
};

use super::name;
use crate::{
    answer::{Content, Download, PageResult},
    context::RequestContext,
    error::{ErrorKind, PortalError},
    ui::{Badge, Column, LinkButton, List, Notice, Page, Section, Table, Tone},
};

/// The service that the address names.
fn api(context: &RequestContext) -> Result<Api, PortalError> {
    let named = Api::ALL
        .into_iter()
        .find(|api| api.name() == context.param("api"));
    named.ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "There is no such service.")
            .with_detail("The cluster has the services auth, pim and rps.")
    })
}

async fn load(context: &RequestContext) -> Result<Specification, PortalError> {
    let api = api(context)?;
    let operation = context
        .begin(Action::ViewServices, Target::of("service", api.name()))
        .await?;
    Ok(specification(&operation, api).await?)
}

/// `/services/{api}/doc.yaml`: the specification as the service gives it.
pub async fn doc_file(context: RequestContext) -> Result<Download, PortalError> {
    let specification = load(&context).await?;
    let name = match specification.api() {
        Api::Auth => "auth-specification",
        Api::Pim => "pim-specification",
        Api::Rps => "rps-specification",
    };
    Ok(Download {
        name,
        content: Content::Yaml(specification.text().to_owned()),
    })
}

/// `/services/{api}/doc`
pub async fn doc(context: RequestContext) -> PageResult {
    let specification = load(&context).await?;
    let api = specification.api();
    let path = format!("/services/{}/doc", api.name());
    let file = format!("{path}.yaml");
    let content = view! {
        {specification.problem().map(|problem| {
            let title = format!("The operations are not known: {problem}.");
            view! { <Notice standing=true tone=Tone::Warning title detail="The file can be downloaded all the same."/> }
        })}
        {features(&specification)}
        {operations(&context, path, specification.operations().to_vec())}
    };
    let about = [specification.title(), specification.version()];
    let about: Vec<_> = about.into_iter().flatten().collect();
    Ok(Page::new(format!("Specification: {}", name(api)), content)
        .crumb("Services", "/services")
        .lead(if about.is_empty() {
            "As the service gives it.".to_owned()
        } else {
            about.join(", ")
        })
        .actions(view! { <LinkButton label="Download the YAML file" href=file/> }))
}

/// The operations in the order of the document, searched and sorted in the address.
fn operations(context: &RequestContext, path: String, rows: Vec<SpecifiedOperation>) -> AnyView {
    let columns = vec![
        Column::text("path", "Path", |operation: &SpecifiedOperation| {
            operation.path.as_str()
        }),
        Column::computed("method", "Method", |operation: &SpecifiedOperation| {
            operation.method.to_string()
        }),
        Column::text("summary", "Summary", |operation: &SpecifiedOperation| {
            operation.summary.as_deref().unwrap_or_default()
        }),
        Column::text("tag", "Section", |operation: &SpecifiedOperation| {
            operation.tag.as_deref().unwrap_or_default()
        }),
        Column::computed("deprecated", "Deprecated", |operation: &SpecifiedOperation| {
            let words = if operation.is_deprecated { "Yes" } else { "No" };
            words.to_owned()
        })
        .hidden(),
    ];
    let list = List::new(path, ("operation", "operations"), columns);
    let state = list.state(&context.query);
    let rows = list.page(rows, &state);
    list.view(&state, &rows)
}

/// What the portal offers only where policy management says that it has the calls for it.
fn features(specification: &Specification) -> Option<AnyView> {
    if specification.api() != Api::Pim {
        return None;
    }
    let rows = ItemKind::ALL.into_iter().map(|kind| {
        let update = yes_or_no(specification.lists_item(ItemCall::Update, kind));
        let delete = yes_or_no(specification.lists_item(ItemCall::Delete, kind));
        view! {
            <tr>
                <th scope="row">{kind_name(kind)}</th>
                <td>{update}</td>
                <td>{delete}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <Section title="What this cluster lets change and delete">
                <p>"The vendor's reference has no call that changes or deletes one object. The portal offers it where the specification lists it."</p>
                <Table label="Objects that can be changed and deleted" columns=&["Object", "Change", "Delete"]>
                    {rows}
                </Table>
            </Section>
        }
        .into_any(),
    )
}

fn yes_or_no(is_listed: bool) -> AnyView {
    let (tone, text) = if is_listed {
        (Tone::Good, "Yes")
    } else {
        (Tone::Neutral, "No")
    };
    view! { <Badge tone text/> }.into_any()
}

const fn kind_name(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Role => "Role",
        ItemKind::Member => "Member of a role",
        ItemKind::DataElement => "Data element",
        ItemKind::Policy => "Policy",
        ItemKind::Rule => "Rule of a policy",
        ItemKind::DataStore => "Data store",
        ItemKind::ExportKey => "Export key of a data store",
        ItemKind::Application => "Trusted application",
        ItemKind::Mask => "Mask",
        ItemKind::Alphabet => "Alphabet",
        ItemKind::Source => "Member source",
    }
}
