//! A list on the screen: the table, the pager, and what stands there when no row does.

use std::collections::HashSet;

use islands::{LiveList, list::selection};
use leptos::prelude::*;

use super::{
    columns::{Column, Identity, List, Selection, shown},
    state::{CellContent, ColumnSpec, ListPage, ListSpec, ListState},
    tools,
};
use crate::ui::{EmptyState, Icon, SubmitButton, When, grouped};

/// The column of a row's state. On a narrow screen the state stands below the name, which stays in sight.
const STATE: &str = "state";

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
        let bulk = selection
            .as_ref()
            .map(|selection| bulk_bar(spec, state, selection, page));
        let content = if !page.rows.is_empty() {
            let identity = selection.as_ref().map(|selection| selection.row);
            table(spec, columns, state, &page.rows, identity)
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
                        {bulk}
                        {content}
                        {footer}
                    </div>
                </div>
            </LiveList>
        }
        .into_any()
    }
}

/// Above the rows: what to do with those that are ticked, here and on other pages, or with all that match the search.
/// Without script it works as it stands; with it, it counts.
fn bulk_bar<T>(spec: &ListSpec, state: &ListState, selection: &Selection<T>, page: &ListPage<T>) -> AnyView {
    let buttons = selection.choices.iter().map(|(value, label, denied)| {
        view! {
            <SubmitButton label=*label quiet=true name=Some("do") value=*value form=Some(tools::FORM)
                formaction=selection.action.to_string() denied=denied.clone()/>
        }
    });
    let shown: HashSet<_> = page.rows.iter().map(|row| (selection.row)(row).0).collect();
    let is_elsewhere = |row: &&String| !shown.contains(*row);
    let elsewhere: Vec<_> = state.selected.iter().filter(is_elsewhere).cloned().collect();
    let count = selection::summary(state.selected.len() - elsewhere.len(), elsewhere.len());
    let is_any = !state.selected.is_empty();
    let kept = elsewhere.into_iter().map(|row| {
        view! { <input type="hidden" name=selection::NAME value=row form=tools::FORM data-select-kept/> }
    });
    view! {
        <div class="bulk" data-select-bar data-any=is_any.then_some("") hidden=page.rows.is_empty() && !is_any>
            <span class="bulk-count" data-select-count aria-live="polite">{count}</span>
            <a class="bulk-clear" href=state.href(&spec.path) data-select-clear>"Clear selection"</a>
            {buttons.collect_view()}
            {kept.collect_view()}
            <label class="check-line bulk-all">
                // The search that these rows match, whatever is typed into its field by then.
                <input type="checkbox" name="all" value=state.narrowing() form=tools::FORM/>
                {format!("All {} that match", grouped(page.matching))}
            </label>
            {state.is_selection_cut.then(|| view! {
                <p class="field-error">
                    {format!("At most {} rows can be ticked one by one: the others were left out.", selection::MAX_SELECTED)}
                </p>
            })}
        </div>
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

fn select(value: String, name: &str, is_ticked: bool) -> AnyView {
    view! {
        <td class="select">
            <input type="checkbox" data-select name=selection::NAME value=value form=tools::FORM checked=is_ticked
                aria-label=format!("Select {name}")/>
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
    let classes: Vec<_> = specs.map(class_of).collect();
    let columns: Vec<_> = shown(spec, columns, state).collect();
    let state_column = columns.iter().skip(1).find(|column| column.key() == STATE);
    let body = rows
        .iter()
        .map(|row| {
            let cells = columns.iter().enumerate().map(|(at, column)| {
                let content = column.render(row);
                if at > 0 {
                    return view! { <td class=classes[at]>{content}</td> }.into_any();
                }
                let state =
                    state_column.map(|column| view! { <span class="row-state">{column.render(row)}</span> });
                view! { <th scope="row" class=classes[at]>{content}{state}</th> }.into_any()
            });
            let choice = identity.map(|identity| {
                let (value, name) = identity(row);
                let is_ticked = state.selected.contains(&value);
                select(value, &name, is_ticked)
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

fn class_of(column: &ColumnSpec) -> Option<&'static str> {
    match column.key {
        STATE => Some("folded"),
        _ => match column.content {
            CellContent::Words => None,
            CellContent::Numbers => Some("num"),
            CellContent::Sentences => Some("wraps"),
        },
    }
}

fn head(spec: &ListSpec, state: &ListState, column: &ColumnSpec) -> AnyView {
    let class = class_of(column);
    if !column.sortable {
        return view! { <th scope="col" class=class>{column.title}</th> }.into_any();
    }
    let (order, icon) = match &state.sort {
        Some((key, false)) if key == column.key => (Some("ascending"), "sort-up"),
        Some((key, true)) if key == column.key => (Some("descending"), "sort-down"),
        _ => (None, "sort"),
    };
    let sorted = state.toggled_sort(column.key);
    // As in the pager: once rows are ticked, the button takes them along. Its order counts, and not that of the form,
    // which stands before it.
    let button = spec.selectable.then(|| view! {
        <button type="submit" class="sort" role="link" form=tools::FORM formaction=spec.path.clone() name="sort"
            value=sorted.sort_value()>
            {column.title}
            <Icon name=icon/>
        </button>
    });
    view! {
        <th scope="col" class=class aria-sort=order>
            <a class="sort" href=sorted.href(&spec.path)>
                {column.title}
                <Icon name=icon/>
            </a>
            {button}
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
    let address = spec.exports.as_ref()?;
    let href = state.with_page(1).href(address);
    Some(view! { <p class="export"><a href=href download>"Export as CSV"</a></p> }.into_any())
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
        // Once rows are ticked, the style sheet shows the button in the link's place: it takes them along.
        let button = (inside && spec.selectable).then(|| view! {
            <button type="submit" class="button" role="link" form=tools::FORM formaction=spec.path.clone() name="page"
                value=page.to_string() aria-label=label>
                <Icon name=icon/>
            </button>
        });
        view! {
            <li>
                <a class="button" href=href role="link" aria-disabled=disabled aria-label=label>
                    <Icon name=icon/>
                </a>
                {button}
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
            exports: None,
            selectable: false,
            subject: Vec::new(),
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
