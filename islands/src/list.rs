//! Lists with search as the user types, and with row selection. A search fetches the list's own page and
//! replaces its regions, so that the server stays the only renderer; rows that are still shown stay
//! selected.

use std::{rc::Rc, time::Duration};

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, DomParser, Element, Event, FormData, HtmlFormElement, RequestInit, SubmitEvent, SupportedType,
    UrlSearchParams,
};

use crate::{
    clock, control,
    debounce::{LatestOnly, Ticket},
    dom, http,
};

pub mod menu;
pub mod selection;

/// Longer than the time between two keys of a fast typist, short enough to feel immediate.
const PAUSE: Duration = Duration::from_millis(120);

/// The form whose change fetches the list anew.
const LIVE: &str = "form[data-live]";
/// Its search fields, and its filters.
const SEARCH: &str = "input[type=search]";
const FILTER: &str = "select";

/// Wraps a list: a `form[data-live]` with its search and filters, and `[data-list-region=name]`
/// elements. Links inside stay links. Rows with a `[data-select]` checkbox can be selected (see `selection`).
#[island]
pub fn LiveList(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(root: Element) {
    selection::update_count(&root);
    let list = Rc::new(List {
        root,
        latest: LatestOnly::default(),
    });
    // The search may be older than the island.
    let searches = dom::find_all(&list.root, SEARCH)
        .into_iter()
        .chain(dom::find_all(&list.root, FILTER));
    let mut changed = searches.filter(control::is_changed);
    if let Some(form) = changed.find_map(|control| dom::closest(&control, LIVE)) {
        list.schedule_refresh(form, Duration::ZERO);
    }
    dom::on(&list.root, "input", &list, |list, event| {
        if let Some(form) = live_form(event, SEARCH) {
            list.schedule_refresh(form, PAUSE);
        }
    });
    dom::on(&list.root, "change", &list, |list, event| {
        if let Some(form) = live_form(event, FILTER) {
            list.schedule_refresh(form, Duration::ZERO);
        }
        selection::changed(&list.root, event);
    });
    dom::on(&list.root, "submit", &list, |list, event| {
        // A button with an address of its own leads to another page.
        let submitter = event.dyn_ref().and_then(SubmitEvent::submitter);
        let leads_on = submitter.is_some_and(|button| button.has_attribute("formaction"));
        if let Some(form) = live_form(event, "form").filter(|_| !leads_on) {
            event.prevent_default();
            list.schedule_refresh(form, Duration::ZERO);
        }
    });
    dom::on(&list.root, "click", &list, |list, event| {
        selection::clicked(&list.root, event);
    });
}

/// The search form around the target of the event, if the target matches the selector.
fn live_form(event: &Event, selector: &str) -> Option<HtmlFormElement> {
    dom::closest(&dom::target(event, selector)?, LIVE)
}

struct List {
    root: Element,
    latest: LatestOnly,
}

impl List {
    fn schedule_refresh(self: &Rc<Self>, form: HtmlFormElement, pause: Duration) {
        let list = self.clone();
        self.latest.schedule(pause, move |ticket| async move {
            list.refresh(&form, &ticket).await;
        });
    }

    /// Fetches the page at the form's address and shows its list. If that fails, the browser navigates to
    /// the page, which can show the reason.
    async fn refresh(&self, form: &HtmlFormElement, ticket: &Ticket) {
        let Some(address) = address(form) else { return };
        let regions: Vec<Element> = dom::find_all(&self.root, "[data-list-region]");
        for region in &regions {
            dom::set(region, "aria-busy", "true");
        }
        let page = fetch_page(&address).await;
        if !ticket.is_latest() {
            return;
        }
        let Some(page) = page else {
            let _ = window().location().assign(&address);
            return;
        };
        let selected = selection::selected(&self.root);
        for region in &regions {
            replace(region, &page);
        }
        selection::select(&self.root, &selected);
        let _ = window().history().and_then(|history| {
            history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&address))
        });
        // The fetch extended the session.
        if let Some(left) = page.document_element().as_ref().and_then(clock::left_in) {
            clock::extend(left);
        }
        self.announce();
    }

    /// Announces the new number of rows to screen readers.
    fn announce(&self) {
        let find = |selector| dom::find::<Element>(&self.root, selector);
        if let (Some(summary), Some(region)) = (find("[data-list-summary]"), find("[data-list-announce]")) {
            region.set_text_content(summary.text_content().as_deref());
        }
    }
}

/// The address that the form leads to, without its empty fields.
fn address(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    // The selection stays in the page, and the menu of columns has a button of its own.
    for name in [selection::NAME, menu::COLUMNS, menu::ROWS] {
        data.delete(name);
    }
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let query: Vec<String> = String::from(fields.to_string())
        .split('&')
        .filter(|pair| {
            pair.split_once('=')
                .is_some_and(|(name, value)| !value.is_empty() && name != "all")
        })
        .map(ToOwned::to_owned)
        .collect();
    let path = form.get_attribute("action")?;
    Some(if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    })
}

/// The page as a document, or `None` if the answer is another page.
async fn fetch_page(address: &str) -> Option<Document> {
    let response = http::fetch(address, &RequestInit::new(), "text/html").await?;
    // A redirect leads to the sign-in page.
    if !response.ok() || response.redirected() {
        return None;
    }
    let text = response.text().ok()?.await.ok()?.as_string()?;
    let page = DomParser::new()
        .ok()?
        .parse_from_string(&text, SupportedType::TextHtml)
        .ok()?;
    page.query_selector("[data-list-region]").ok()??;
    Some(page)
}

/// Replaces the content of a region by that of the fetched one and hydrates the islands in it.
fn replace(region: &Element, page: &Document) {
    dom::unset(region, "aria-busy");
    let name = region.get_attribute("data-list-region");
    let fetched: Vec<Element> = dom::all(page.query_selector_all("[data-list-region]"));
    let Some(fetched) = fetched
        .iter()
        .find(|other| other.get_attribute("data-list-region") == name)
    else {
        return;
    };
    region.set_inner_html(&fetched.inner_html());
    // `boot.js`, which hydrated the page, provides this function on the window. It hydrates every island
    // below the node.
    let hydrate = Reflect::get(&window(), &"__hydrateIsland".into())
        .ok()
        .and_then(|hydrate| hydrate.dyn_into::<Function>().ok());
    if let Some(hydrate) = hydrate {
        let _ = hydrate.call1(&JsValue::NULL, region);
    }
}
