//! The format of a CSV file that a form takes.

use leptos::prelude::*;

use super::page::{DescriptionList, Detail, Section};

/// The columns of a file with their meanings, what else is taken, and an example.
#[component]
pub fn FileFormat(
    columns: &'static [(&'static str, &'static str)],
    /// Which other files are taken.
    takes: &'static str,
    sample: &'static str,
) -> impl IntoView {
    let rows = columns
        .iter()
        .map(|(name, about)| view! { <Detail label=*name>{*about}</Detail> });
    view! {
        <Section title="Format of the file">
            <p>"CSV in UTF-8 with a heading, and commas, semicolons or tabs between the cells. A cell that holds one of these, or a line break, is in double quotes. The columns can be in any order."</p>
            <p>{takes}" A name in one cell is divided before its last word."</p>
            <DescriptionList>{rows.collect_view()}</DescriptionList>
            <pre class="sample" tabindex="0" aria-label="Example of a file">{sample}</pre>
        </Section>
    }
    .into_any()
}
