//! The values that were sent beside the cluster's, after a form whose effect was read again.

use leptos::prelude::*;
use operations::read_back::Compared;

use crate::{
    context::RequestContext,
    flash::Flash,
    ui::{Badge, Notice, Section, Table, Tone},
};

/// The values of the form that led here, if its outcome has any.
#[component]
pub fn ComparedSection(
    /// The request with the flash message.
    context: RequestContext,
    /// The heading.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let compared = context.flashes.iter().find_map(|flash| match flash {
        Flash::Done(done) if !done.compared.is_empty() => Some(done.compared.clone()),
        _ => None,
    })?;
    let differs = compared.iter().any(|value| !value.is_same());
    let rows = compared.into_iter().map(row).collect_view();
    Some(view! {
        <Section title=title>
            {differs.then(|| view! {
                <Notice standing=true tone=Tone::Warning title="The cluster has some values that differ from those sent."
                    detail="Its present values are in the right column. Check whether they are acceptable."/>
            })}
            <Table label="The values sent and those of the cluster" columns=&["Value", "You sent", "The cluster has", "Result"]>
                {rows}
            </Table>
        </Section>
    })
}

fn row(compared: Compared) -> impl IntoView {
    let (tone, word) = if compared.is_same() {
        (Tone::Good, "As sent")
    } else {
        (Tone::Warning, "Differs")
    };
    let Compared { what, sent, now } = compared;
    view! {
        <tr>
            <th scope="row">{what}</th>
            <td class="wraps"><bdi>{sent}</bdi></td>
            <td class="wraps"><bdi>{now}</bdi></td>
            <td><Badge tone text=word/></td>
        </tr>
    }
}
