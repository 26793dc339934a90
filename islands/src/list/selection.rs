//! Selected rows, for a form with a bulk action. Each row has a checkbox with `data-select` that belongs
//! to that form; the head may have one with `data-select-all`, hidden in the HTML because it does nothing
//! without script. `[data-select-count]` shows how many rows are selected, and `[data-select-bar]` has
//! the attribute `data-any` if any are.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, MouseEvent};

use crate::dom;

const ROW: &str = "[data-select]:not(:disabled)";
const ALL: &str = "[data-select-all]";
/// Marks the checkbox that was clicked last, where a range begins.
const ANCHOR: &str = "data-select-anchor";

/// Handles a click on a row's checkbox. With the shift key, all rows from the previous click to this one
/// take its state.
pub fn clicked(list: &Element, event: &Event) {
    let Some(clicked) = dom::target::<HtmlInputElement>(event, ROW) else {
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
    let selected = rows.iter().filter(|row| row.checked()).count();
    for all in dom::find_all::<HtmlInputElement>(list, ALL) {
        dom::set_or_unset(&all, "hidden", rows.is_empty().then_some(""));
        all.set_checked(selected > 0 && selected == rows.len());
        all.set_indeterminate(selected > 0 && selected < rows.len());
    }
    for bar in dom::find_all(list, "[data-select-bar]") {
        dom::set_or_unset(&bar, "data-any", (selected > 0).then_some(""));
    }
    let text = if selected == 0 {
        String::new()
    } else {
        format!("{selected} selected")
    };
    for element in dom::find_all(list, "[data-select-count]") {
        dom::set_text(&element, &text);
    }
}

/// The values of the selected rows.
pub fn selected(list: &Element) -> Vec<String> {
    let selected = rows(list).into_iter().filter(HtmlInputElement::checked);
    selected.map(|row| row.value()).collect()
}

/// Selects the rows with these values, if they are shown.
pub fn select(list: &Element, values: &[String]) {
    for row in rows(list) {
        if values.contains(&row.value()) {
            row.set_checked(true);
        }
    }
    update_count(list);
}

fn rows(list: &Element) -> Vec<HtmlInputElement> {
    dom::find_all(list, ROW)
}
