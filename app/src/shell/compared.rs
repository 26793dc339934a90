//! What was sent beside what the cluster has now, after a form whose effect was read again.

use leptos::prelude::*;

use crate::{
    flash::{Compared, Flash},
    ui::{Badge, Notice, Section, Table, Tone},
    visit::Visit,
};

/// The values of the form that led here, if its outcome tells any.
#[component]
pub fn ComparedSection(
    /// Whose flash message tells.
    visit: Visit,
    /// The heading.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let compared = match &visit.flash {
        Some(Flash::Done(done)) if !done.compared.is_empty() => done.compared.clone(),
        _ => return None,
    };
    let differs = compared.iter().any(|value| !value.is_same());
    let rows = compared.into_iter().map(row).collect_view();
    Some(view! {
        <Section title=title>
            {differs.then(|| view! {
                <Notice standing=true tone=Tone::Warning title="The cluster did not take everything as it was sent."
                    detail="What it has now is at the right. Look whether that will do."/>
            })}
            <Table label="What was sent and what the cluster has" columns=&["Value", "You sent", "The cluster has", "Result"]>
                {rows}
            </Table>
        </Section>
    })
}

fn row(compared: Compared) -> impl IntoView {
    let (tone, word) = if compared.is_same() {
        (Tone::Good, "as sent")
    } else {
        (Tone::Warning, "differs")
    };
    let Compared { what, sent, held } = compared;
    view! {
        <tr>
            <th scope="row">{what}</th>
            <td class="wraps"><bdi>{sent}</bdi></td>
            <td class="wraps"><bdi>{held}</bdi></td>
            <td><Badge tone text=word/></td>
        </tr>
    }
}
