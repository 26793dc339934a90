//! Search as one types: the list's own page is fetched again and its regions are swapped, so that the
//! server stays the only renderer. And rows that are chosen, of which a swap keeps those still shown.

use std::{rc::Rc, time::Duration};

use js_sys::futures::JsFuture;
use js_sys::{Function, Reflect};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{
    Document, DomParser, Element, Event, FormData, HtmlFormElement, RequestInit, SupportedType,
    UrlSearchParams,
};

use crate::{
    debounce::{Turn, Turns},
    dom, http,
};

mod selection;

/// Long enough to swallow a fast typist's keys, short enough to feel at once.
const PAUSE: Duration = Duration::from_millis(120);

/// Wraps a list: a `form[data-live]` with its search and filters, and `[data-list-region=name]`
/// elements. Links inside stay links. Rows with a `[data-select]` box can be chosen (see `selection`).
#[island]
pub fn LiveList(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(root: Element) {
    selection::count(&root);
    let list = Rc::new(List {
        root,
        turns: Turns::default(),
    });
    dom::on(&list.root, "input", &list, |list, event| {
        if let Some(form) = live_form(event, "input[type=search]") {
            list.ask(form, PAUSE);
        }
    });
    dom::on(&list.root, "change", &list, |list, event| {
        if let Some(form) = live_form(event, "select") {
            list.ask(form, Duration::ZERO);
        }
        selection::changed(&list.root, event);
    });
    dom::on(&list.root, "submit", &list, |list, event| {
        if let Some(form) = live_form(event, "form") {
            event.prevent_default();
            list.ask(form, Duration::ZERO);
        }
    });
    dom::on(&list.root, "click", &list, |list, event| {
        selection::clicked(&list.root, event);
    });
}

/// The search form that the event happened in, when it happened on what `selector` names.
fn live_form(event: &Event, selector: &str) -> Option<HtmlFormElement> {
    dom::around(&dom::target(event, selector)?, "form[data-live]")
}

struct List {
    root: Element,
    turns: Turns,
}

impl List {
    fn ask(self: &Rc<Self>, form: HtmlFormElement, pause: Duration) {
        let list = self.clone();
        self.turns.begin(pause, move |turn| async move {
            list.refresh(&form, &turn).await;
        });
    }

    /// Fetches the page that the form asks for and shows its list; anything unexpected becomes an
    /// ordinary visit of that page, which can say what is wrong.
    async fn refresh(&self, form: &HtmlFormElement, turn: &Turn) {
        let Some(address) = address(form) else { return };
        let regions: Vec<Element> = dom::find_all(&self.root, "[data-list-region]");
        for region in &regions {
            dom::set(region, "aria-busy", "true");
        }
        let page = fetch_page(&address).await;
        if !turn.is_newest() {
            return;
        }
        let Some(page) = page else {
            let _ = window().location().assign(&address);
            return;
        };
        let chosen = selection::chosen(&self.root);
        for region in &regions {
            swap(region, &page);
        }
        selection::choose(&self.root, &chosen);
        let _ = window().history().and_then(|history| {
            history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&address))
        });
        keep_session_clock(&page);
        self.announce();
    }

    /// Says how many rows there are now to those who do not see them.
    fn announce(&self) {
        let find = |selector| dom::find::<Element>(&self.root, selector);
        if let (Some(summary), Some(region)) = (find("[data-list-summary]"), find("[data-list-announce]")) {
            region.set_text_content(summary.text_content().as_deref());
        }
    }
}

/// Where the form leads, without what was left empty.
fn address(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    let given = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let query: Vec<String> = String::from(given.to_string())
        .split('&')
        .filter(|pair| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty()))
        .map(ToOwned::to_owned)
        .collect();
    let path = form.get_attribute("action")?;
    Some(if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    })
}

/// The page as a document, or nothing when the answer is not that page.
async fn fetch_page(address: &str) -> Option<Document> {
    let response = http::fetch(address, &RequestInit::new(), "text/html").await?;
    // A redirect is the way to the sign-in page.
    if !response.ok() || response.redirected() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let page = DomParser::new()
        .ok()?
        .parse_from_string(&text, SupportedType::TextHtml)
        .ok()?;
    page.query_selector("[data-list-region]").ok()??;
    Some(page)
}

/// Puts the fetched region in the place of the one on the screen and wakes the islands in it.
fn swap(region: &Element, page: &Document) {
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
    // The script that brought the page to life (`boot.js`) leaves this function on the window for
    // exactly that. It goes through all that is below the node.
    let wake = Reflect::get(&window(), &"__hydrateIsland".into())
        .ok()
        .and_then(|wake| wake.dyn_into::<Function>().ok());
    if let Some(wake) = wake {
        let _ = wake.call1(&JsValue::NULL, region);
    }
}

/// The fetch kept the session alive: the clock learns the new deadline.
fn keep_session_clock(page: &Document) {
    let find = |document: &Document| document.query_selector("[data-session-ends]").ok().flatten();
    if let (Some(clock), Some(fetched)) = (find(&document()), find(page))
        && let Some(ends) = fetched.get_attribute("data-session-ends")
    {
        dom::set(&clock, "data-session-ends", &ends);
    }
}
