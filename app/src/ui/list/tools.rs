//! Above the rows: search, filters, and the choice of columns. Each is a form that asks for the same
//! page and carries the rest of the state along.

use islands::list::menu;
use leptos::prelude::*;

use super::state::{FilterSpec, ListSpec, ListState, PAGE_SIZES};
use crate::ui::Icon;

/// The id of the form of a list whose rows can be ticked: the boxes belong to it.
pub(super) const FORM: &str = "list";

/// Search and filters; `data-live` is what the island listens to.
pub fn search(spec: &ListSpec, state: &ListState) -> AnyView {
    let owned: Vec<&str> = spec
        .filters
        .iter()
        .map(|filter| filter.key)
        .chain(["q", "page"])
        .collect();
    let id = spec.selectable.then_some(FORM);
    view! {
        <form class="list-search" id=id method="get" action=spec.path.clone() role="search" aria-label=spec.title()
            data-live>
            <label class="search-box">
                <span class="visually-hidden">{spec.search_label.clone()}</span>
                <Icon name="search"/>
                <input
                    type="search"
                    name="q"
                    value=state.q.clone()
                    maxlength="200"
                    placeholder=spec.search_label.clone()
                    autocomplete="off"
                    spellcheck="false"
               />
            </label>
            {spec.filters.iter().map(|filter| select(filter, state)).collect_view()}
            {carried(state, &owned)}
            <button type="submit" class="button">
                "Search"
            </button>
        </form>
    }
    .into_any()
}

fn select(filter: &FilterSpec, state: &ListState) -> AnyView {
    let chosen = state.filters.get(filter.key).map(String::as_str);
    let options = filter
        .options
        .iter()
        .map(|(value, label)| {
            let selected = chosen == Some(value.as_ref());
            view! { <option value=value.clone() selected=selected>{label.clone()}</option> }
        })
        .collect_view();
    view! {
        <label class="list-filter">
            <span>{filter.label}</span>
            <select name=filter.key>
                <option value="">"Any"</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// Which columns, and how many rows. It is a region of its own, because it carries the search along.
pub fn columns(spec: &ListSpec, state: &ListState) -> AnyView {
    // In a list whose rows can be ticked, the fields belong to the list's form, which takes the ticks along. There they
    // have names of their own, because the form carries the present choice too.
    let form = spec.selectable.then_some(FORM);
    let (name, size_name) = match form {
        Some(_) => (menu::COLUMNS, menu::ROWS),
        None => ("columns", "per_page"),
    };
    let boxes = spec
        .columns
        .iter()
        .skip(1)
        .map(|column| {
            view! {
                <label class="check-line">
                    <input
                        type="checkbox"
                        name=name
                        form=form
                        value=column.key
                        checked=state.shows(spec, column.key)
                   />
                    {column.title}
                </label>
            }
        })
        .collect_view();
    // The first column is always shown; it travels along, so that "none of the others" can be said.
    let first = spec
        .columns
        .first()
        .map(|column| view! { <input type="hidden" name=name form=form value=column.key/> });
    let sizes = PAGE_SIZES
        .map(|size| view! { <option value=size.to_string() selected=state.per_page == size>{size}</option> })
        .to_vec();
    let fields = view! {
        <fieldset>
            <legend>"Columns"</legend>
            {first}
            {boxes}
        </fieldset>
        <label class="list-filter">
            <span>"Rows a page"</span>
            <select name=size_name form=form>{sizes}</select>
        </label>
    };
    let panel = match form {
        Some(form) => view! {
            <div class="menu-panel">
                {fields}
                <button type="submit" class="button" form=form formaction=spec.path.clone() name=menu::BUTTON value="columns">
                    "Show"
                </button>
            </div>
        }
        .into_any(),
        None => view! {
            <form class="menu-panel" method="get" action=spec.path.clone()>
                {fields}
                {carried(state, &["columns", "per_page", "page"])}
                <button type="submit" class="button">
                    "Show"
                </button>
            </form>
        }
        .into_any(),
    };
    view! {
        <div class="list-columns" data-list-region="columns">
            <details class="menu">
                <summary class="button">
                    <Icon name="columns"/>
                    "Columns"
                </summary>
                {panel}
            </details>
        </div>
    }
    .into_any()
}

/// The state that a form does not ask for itself, as hidden fields.
fn carried(state: &ListState, asked: &[&str]) -> impl IntoView {
    state
        .pairs()
        .into_iter()
        .filter(|(key, _)| !asked.contains(&key.as_str()))
        .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
        .collect_view()
}
