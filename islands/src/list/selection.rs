//! Rows that are chosen, for a form that does one thing to many. Each row has a box with `data-select`
//! that belongs to that form; the head may have one with `data-select-all`, hidden in the HTML because
//! it can do nothing without script. `[data-select-count]` says how many are chosen, and
//! `[data-select-bar]` has the attribute `data-any` when some are.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, MouseEvent};

use crate::dom;

const ROW: &str = "[data-select]:not(:disabled)";
const ALL: &str = "[data-select-all]";
/// Marks the box that was pressed last, where a range begins.
const ANCHOR: &str = "data-select-anchor";

/// A box was pressed; with the shift key, all from the one before become what it is.
pub fn clicked(list: &Element, event: &Event) {
    let Some(pressed) = dom::target::<HtmlInputElement>(event, ROW) else {
        return;
    };
    let rows = rows(list);
    let from = rows.iter().position(|row| row.has_attribute(ANCHOR));
    let to = rows.iter().position(|row| *row == pressed);
    let with_shift = event.dyn_ref().is_some_and(MouseEvent::shift_key);
    if let (true, Some(from), Some(to)) = (with_shift, from, to) {
        for row in rows.iter().take(from.max(to) + 1).skip(from.min(to)) {
            row.set_checked(pressed.checked());
        }
    }
    for row in &rows {
        dom::put(row, ANCHOR, (*row == pressed).then_some(""));
    }
}

/// A box changed, of a row or of all.
pub fn changed(list: &Element, event: &Event) {
    if let Some(all) = dom::target::<HtmlInputElement>(event, ALL) {
        for row in rows(list) {
            row.set_checked(all.checked());
        }
        count(list);
    } else if dom::target::<HtmlInputElement>(event, ROW).is_some() {
        count(list);
    }
}

/// Says how many rows are chosen.
pub fn count(list: &Element) {
    let rows = rows(list);
    let chosen = rows.iter().filter(|row| row.checked()).count();
    for all in dom::find_all::<HtmlInputElement>(list, ALL) {
        dom::put(&all, "hidden", rows.is_empty().then_some(""));
        all.set_checked(chosen > 0 && chosen == rows.len());
        all.set_indeterminate(chosen > 0 && chosen < rows.len());
    }
    for bar in dom::find_all(list, "[data-select-bar]") {
        dom::put(&bar, "data-any", (chosen > 0).then_some(""));
    }
    let words = if chosen == 0 {
        String::new()
    } else {
        format!("{chosen} selected")
    };
    for place in dom::find_all(list, "[data-select-count]") {
        dom::say(&place, &words);
    }
}

/// The values of the rows that are chosen.
pub fn chosen(list: &Element) -> Vec<String> {
    let chosen = rows(list).into_iter().filter(HtmlInputElement::checked);
    chosen.map(|row| row.value()).collect()
}

/// Chooses the rows of these values, where they are shown.
pub fn choose(list: &Element, values: &[String]) {
    for row in rows(list) {
        if values.contains(&row.value()) {
            row.set_checked(true);
        }
    }
    count(list);
}

fn rows(list: &Element) -> Vec<HtmlInputElement> {
    dom::find_all(list, ROW)
}
