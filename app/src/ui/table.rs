//! A table that is no list: a few rows, shown whole.

use leptos::prelude::*;

/// A table with these columns. It scrolls by itself where the screen is narrow.
#[component]
pub fn Table(
    /// What it shows, for those who do not see it.
    #[prop(into)]
    label: String,
    /// The columns' titles.
    columns: &'static [&'static str],
    /// The rows.
    children: Children,
) -> AnyView {
    let heads = columns
        .iter()
        .map(|title| view! { <th scope="col">{*title}</th> });
    view! {
        <div class="table-wrap" role="region" aria-label=label tabindex="0">
            <table class="table">
                <thead>
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
