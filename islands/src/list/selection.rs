//! Selected rows, for a form with a bulk action. Each row has a checkbox with `data-select` that belongs to that form;
//! the head may have one with `data-select-all`, hidden in the HTML because it does nothing without script. Rows that
//! are selected and not shown are hidden fields with `data-select-kept` in the `[data-select-bar]`, so the form carries
//! them from page to page; a link to another page of the list gets them when it is followed.
//! `[data-select-count]` shows how many rows are selected, and the bar has the attribute `data-any` if any are.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlAnchorElement, HtmlInputElement, MouseEvent, UrlSearchParams};

use crate::dom;

/// The most rows that are carried from page to page.
pub const MAX_SELECTED: usize = 500;
/// The most bytes of an address that they take.
pub const MAX_SELECTED_BYTES: usize = 32 * 1024;

/// The name of the rows' fields.
pub const NAME: &str = "ids[]";

const ROW: &str = "[data-select]:not(:disabled)";
const ALL: &str = "[data-select-all]";
const BAR: &str = "[data-select-bar]";
const KEPT: &str = "[data-select-kept]";
/// Marks the checkbox that was clicked last, where a range begins.
const ANCHOR: &str = "data-select-anchor";

/// How many rows are selected: `3 selected, 2 on other pages`. Empty when none are.
#[must_use]
pub fn summary(here: usize, elsewhere: usize) -> String {
    match (here + elsewhere, elsewhere) {
        (0, _) => String::new(),
        (all, 0) => format!("{all} selected"),
        (all, elsewhere) => format!("{all} selected, {elsewhere} on other pages"),
    }
}

/// Handles a click on a row's checkbox. With the shift key, all rows from the previous click to this one
/// take its state.
pub fn clicked(list: &Element, event: &Event) {
    let Some(clicked) = dom::target::<HtmlInputElement>(event, ROW) else {
        carry(list, event);
        return;
    };
    let rows = rows(list);
    let from = rows.iter().position(|row| row.has_attribute(ANCHOR));
    let to = rows.iter().position(|row| *row == clicked);
    let with_shift = event.dyn_ref().is_some_and(MouseEvent::shift_key);
    if let (true, Some(from), Some(to)) = (with_shift, from, to) {
        for row in rows.iter().take(from.max(to) + 1).skip(from.min(to)) {
            row.set_checked(clicked.checked());
        }
    }
    for row in &rows {
        dom::set_or_unset(row, ANCHOR, (*row == clicked).then_some(""));
    }
}

/// Adds the selected rows to the address of a link to the same list: another page, order or search.
fn carry(list: &Element, event: &Event) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|target| dom::closest::<HtmlAnchorElement>(&target, "a[href]"));
    let Some(link) = link.filter(|link| !link.has_attribute("data-select-clear")) else {
        return;
    };
    let form = dom::find::<Element>(list, "form[data-live]");
    let path = form.and_then(|form| form.get_attribute("action"));
    if path.as_deref() != Some(link.pathname().as_str()) || dom::find::<Element>(list, BAR).is_none() {
        return;
    }
    let Ok(query) = UrlSearchParams::new_with_str(&link.search()) else {
        return;
    };
    query.delete(NAME);
    for value in selected(list) {
        query.append(NAME, &value);
    }
    link.set_search(&String::from(query.to_string()));
}

/// Handles a change of a row's checkbox, or of the one for all rows.
pub fn changed(list: &Element, event: &Event) {
    if let Some(all) = dom::target::<HtmlInputElement>(event, ALL) {
        for row in rows(list) {
            row.set_checked(all.checked());
        }
        update_count(list);
    } else if dom::target::<HtmlInputElement>(event, ROW).is_some() {
        update_count(list);
    }
}

/// Shows how many rows are selected.
pub fn update_count(list: &Element) {
    let rows = rows(list);
    let here = rows.iter().filter(|row| row.checked()).count();
    let elsewhere = kept(list).len();
    for all in dom::find_all::<HtmlInputElement>(list, ALL) {
        dom::set_or_unset(&all, "hidden", rows.is_empty().then_some(""));
        all.set_checked(here > 0 && here == rows.len());
        all.set_indeterminate(here > 0 && here < rows.len());
    }
    let is_any = here + elsewhere > 0;
    for bar in dom::find_all(list, BAR) {
        dom::set_or_unset(&bar, "data-any", is_any.then_some(""));
        dom::set_or_unset(&bar, "hidden", (rows.is_empty() && !is_any).then_some(""));
    }
    let text = summary(here, elsewhere);
    for element in dom::find_all(list, "[data-select-count]") {
        dom::set_text(&element, &text);
    }
}

/// The values of the selected rows, those that are not shown included.
pub fn selected(list: &Element) -> Vec<String> {
    let shown = rows(list).into_iter().filter(HtmlInputElement::checked);
    let all = kept(list).into_iter().chain(shown);
    all.map(|row| row.value()).collect()
}

/// Selects the rows with these values, and no others. Those that are not shown are kept in the bar.
pub fn select(list: &Element, values: &[String]) {
    for row in kept(list) {
        row.remove();
    }
    let rows = rows(list);
    for row in &rows {
        row.set_checked(values.contains(&row.value()));
    }
    let is_shown = |value: &String| rows.iter().any(|row| row.value() == *value);
    let form = dom::find::<Element>(list, "form[data-live]").and_then(|form| form.get_attribute("id"));
    if let (Some(bar), Some(form)) = (dom::find::<Element>(list, BAR), form) {
        for value in values.iter().filter(|value| !is_shown(value)) {
            keep(&bar, &form, value);
        }
    }
    update_count(list);
}

fn keep(bar: &Element, form: &str, value: &str) {
    let Ok(field) = document().create_element("input") else {
        return;
    };
    for (name, value) in [
        ("type", "hidden"),
        ("name", NAME),
        ("value", value),
        ("form", form),
        ("data-select-kept", ""),
    ] {
        dom::set(&field, name, value);
    }
    let _ = bar.append_child(&field);
}

fn rows(list: &Element) -> Vec<HtmlInputElement> {
    dom::find_all(list, ROW)
}

fn kept(list: &Element) -> Vec<HtmlInputElement> {
    dom::find_all(list, KEPT)
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_counts_the_rows_on_other_pages() {
        assert_eq!(summary(0, 0), "");
        assert_eq!(summary(2, 0), "2 selected");
        assert_eq!(summary(1, 2), "3 selected, 2 on other pages");
        assert_eq!(summary(0, 1), "1 selected, 1 on other pages");
    }
}
