//! A list on the screen: the table, the pager, and what stands there when no row does.

use islands::LiveList;
use leptos::prelude::*;

use super::{
    columns::{Column, Identity, List, Selection, shown},
    state::{ColumnSpec, ListPage, ListSpec, ListState},
    tools,
};
use crate::ui::{EmptyState, Icon, SubmitButton, When, grouped};

/// The form that the boxes of rows belong to.
const BULK_FORM: &str = "bulk";

impl<T: Send + Sync + 'static> List<T> {
    /// The list with one page of its rows.
    pub fn view(self, state: &ListState, page: &ListPage<T>) -> AnyView {
        let Self {
            spec,
            columns,
            selection,
            empty,
            ..
        } = self;
        let spec = &spec;
        let columns = &columns[..];
        let content = if !page.rows.is_empty() {
            view! {
                {selection.as_ref().map(|selection| bulk_bar(state, selection, page.matching))}
                {table(spec, columns, state, &page.rows, selection.as_ref().map(|selection| selection.row))}
            }
            .into_any()
        } else if state.is_narrowed() && page.total > 0 {
            no_match(spec, state)
        } else {
            empty.unwrap_or_else(|| nothing(spec))
        };
        let (search, columns) = (tools::search(spec, state), tools::columns(spec, state));
        let footer = footer(spec, state, page);
        view! {
            <LiveList>
                <div class="list">
                    <div class="list-tools">
                        {search}
                        {columns}
                    </div>
                    <p class="visually-hidden" aria-live="polite" data-list-announce></p>
                    <div class="list-rows" data-list-region="rows">
                        {content}
                        {footer}
                    </div>
                </div>
            </LiveList>
        }
        .into_any()
    }
}

/// Above the rows: what to do with those that are ticked, or with all that match the search. Without
/// script it works as it stands; with it, it counts.
fn bulk_bar<T>(state: &ListState, selection: &Selection<T>, matching: u64) -> AnyView {
    let buttons = selection.choices.iter().map(|(value, label, denied)| {
        view! { <SubmitButton label=*label quiet=true name=Some("do") value=*value denied=denied.clone()/> }
    });
    let narrowed = state
        .pairs()
        .into_iter()
        .filter(|(name, _)| name == "q" || state.filters.contains_key(name));
    let hidden = narrowed.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="bulk" id=BULK_FORM method="get" action=selection.action data-select-bar>
            <span class="bulk-count" data-select-count aria-live="polite"></span>
            {buttons.collect_view()}
            {hidden.collect_view()}
            <label class="check-line bulk-all">
                <input type="checkbox" name="all" value="true"/>
                {format!("All {} that match", grouped(matching))}
            </label>
        </form>
    }
    .into_any()
}

/// The head of the column of boxes; the island shows it.
fn select_all() -> AnyView {
    view! {
        <th scope="col" class="select">
            <input type="checkbox" data-select-all hidden aria-label="Select all on this page"/>
        </th>
    }
    .into_any()
}

fn select(value: String, name: &str) -> AnyView {
    view! {
        <td class="select">
            <input type="checkbox" data-select name="ids[]" value=value form=BULK_FORM aria-label=format!("Select {name}")/>
        </td>
    }
    .into_any()
}

fn table<T>(
    spec: &ListSpec,
    columns: &[Column<T>],
    state: &ListState,
    rows: &[T],
    identity: Option<Identity<T>>,
) -> AnyView {
    let specs = spec.columns.iter().filter(|column| state.shows(spec, column.key));
    let heads = specs
        .clone()
        .map(|column| head(spec, state, column))
        .collect_view();
    let numeric: Vec<bool> = specs.map(|column| column.numeric).collect();
    let columns: Vec<_> = shown(spec, columns, state).collect();
    let body = rows
        .iter()
        .map(|row| {
            let cells = columns.iter().enumerate().map(|(at, column)| {
                let content = column.render(row);
                match (at, numeric[at]) {
                    (0, _) => view! { <th scope="row">{content}</th> }.into_any(),
                    (_, true) => view! { <td class="num">{content}</td> }.into_any(),
                    (_, false) => view! { <td>{content}</td> }.into_any(),
                }
            });
            let choice = identity.map(|identity| {
                let (value, name) = identity(row);
                select(value, &name)
            });
            view! { <tr>{choice}{cells.collect_view()}</tr> }
        })
        .collect_view();
    let name = spec.title();
    // It scrolls sideways when the columns need more room, which the keyboard must be able to do too.
    view! {
        <div class="table-wrap" role="region" aria-label=format!("{name} table") tabindex="0">
            <table class="table">
                <caption class="visually-hidden">{name.clone()}</caption>
                <thead>
                    <tr>{identity.map(|_| select_all())}{heads}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(spec: &ListSpec, state: &ListState, column: &ColumnSpec) -> AnyView {
    let class = column.numeric.then_some("num");
    if !column.sortable {
        return view! { <th scope="col" class=class>{column.title}</th> }.into_any();
    }
    let (order, icon) = match &state.sort {
        Some((key, false)) if key == column.key => (Some("ascending"), "sort-up"),
        Some((key, true)) if key == column.key => (Some("descending"), "sort-down"),
        _ => (None, "sort"),
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <a class="sort" href=state.toggled_sort(column.key).href(&spec.path)>
                {column.title}
                <Icon name=icon/>
            </a>
        </th>
    }
    .into_any()
}

fn no_match(spec: &ListSpec, state: &ListState) -> AnyView {
    let (_, many) = spec.noun;
    let title = if state.q.is_empty() {
        format!("No {many} match these filters")
    } else {
        format!("Nothing matches “{}”", state.q)
    };
    let clear = state.without_search().href(&spec.path);
    view! {
        <EmptyState title hint="Try fewer or other words, or clear the search.">
            <a class="button" href=clear>
                "Clear the search"
            </a>
        </EmptyState>
    }
    .into_any()
}

fn nothing(spec: &ListSpec) -> AnyView {
    let (one, many) = spec.noun;
    view! { <EmptyState title=format!("No {many} yet") hint=format!("The first {one} will be listed here.")/> }
        .into_any()
}

/// How many there are, how old that is, and the way to the other pages.
fn footer<T>(spec: &ListSpec, state: &ListState, page: &ListPage<T>) -> AnyView {
    let fresh = state.fresh_href(&spec.path);
    let as_of = page.as_of_millis.map(|millis| {
        view! {
            <p class="as-of">
                "As of "
                <When millis=Some(millis)/>
                " · "
                <a href=fresh>"Refresh"</a>
            </p>
        }
    });
    view! {
        <div class="list-footer">
            <p class="list-summary" data-list-summary>
                {summary(spec, state, page)}
            </p>
            {as_of}
            {export(spec, state)}
            {pager(spec, state, page.matching)}
        </div>
    }
    .into_any()
}

/// All rows that match, as a file.
fn export(spec: &ListSpec, state: &ListState) -> Option<AnyView> {
    let href = state.with_page(1).href(&format!("/export{}.csv", spec.path));
    let link = || view! { <p class="export"><a href=href download>"Export as CSV"</a></p> };
    spec.exports.then(|| link().into_any())
}

/// `Rows 1–25 of 42 matching, 10,042 users in all`.
fn summary<T>(spec: &ListSpec, state: &ListState, page: &ListPage<T>) -> String {
    let (one, many) = spec.noun;
    let total = format!(
        "{} {}",
        grouped(page.total),
        if page.total == 1 { one } else { many }
    );
    let window = state.window(page.matching);
    let rows = format!("Rows {}–{}", grouped(window.offset + 1), grouped(window.end));
    match (page.matching, state.is_narrowed()) {
        (0, true) => format!("No match in {total}"),
        (0, false) => total,
        (_, true) => format!("{rows} of {} matching, {total} in all", grouped(page.matching)),
        (_, false) => format!("{rows} of {}", grouped(page.total)),
    }
}

fn pager(spec: &ListSpec, state: &ListState, matching: u64) -> Option<AnyView> {
    let window = state.window(matching);
    if window.pages == 1 {
        return None;
    }
    let step = |page: u64, label: &'static str, icon: &'static str| {
        let inside = (1..=window.pages).contains(&page) && page != window.page;
        // A placeholder link (no href) keeps its place, so that "Next" does not move under the pointer.
        let href = inside.then(|| state.with_page(page).href(&spec.path));
        let disabled = (!inside).then_some("true");
        view! {
            <li>
                <a class="button" href=href role="link" aria-disabled=disabled aria-label=label>
                    <Icon name=icon/>
                </a>
            </li>
        }
    };
    Some(
        view! {
            <nav class="pager" aria-label="Pages">
                <ul>
                    {step(1, "First page", "first")}
                    {step(window.page.saturating_sub(1), "Previous page", "chevron-left")}
                    <li>
                        <a
                            class="pager-here"
                            href=state.with_page(window.page).href(&spec.path)
                            aria-current="page"
                        >
                            {format!("Page {} of {}", grouped(window.page), grouped(window.pages))}
                        </a>
                    </li>
                    {step(window.page + 1, "Next page", "chevron-right")}
                    {step(window.pages, "Last page", "last")}
                </ul>
            </nav>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_what_is_shown() {
        let spec = ListSpec {
            path: "/users".into(),
            noun: ("user", "users"),
            search_label: "Search users".to_owned(),
            columns: Vec::new(),
            filters: Vec::new(),
            exports: false,
        };
        let check = |query: &str, matching, total, expected: &str| {
            let state = ListState::parse(query, &spec);
            let page = ListPage::<()> {
                rows: Vec::new(),
                matching,
                total,
                as_of_millis: None,
            };
            assert_eq!(summary(&spec, &state, &page), expected);
        };
        check("", 10_042, 10_042, "Rows 1–25 of 10,042");
        check("page=402", 10_042, 10_042, "Rows 10,026–10,042 of 10,042");
        check("q=a", 42, 10_042, "Rows 1–25 of 42 matching, 10,042 users in all");
        check("q=a", 0, 1, "No match in 1 user");
        check("", 0, 0, "0 users");
    }
}
