//! Search as one types: the list's own page is fetched again and its regions are swapped, so that the
//! server stays the only renderer.

use std::time::Duration;

use js_sys::{Function, Reflect};
use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, Event, FormData, Headers, HtmlFormElement, RequestInit, Response,
    SupportedType, UrlSearchParams,
};

use super::dom;

/// Long enough to swallow a fast typist's keys, short enough to feel at once.
const PAUSE: Duration = Duration::from_millis(120);

/// Wraps a list: a `form[data-live]` with its search and filters, and `[data-list-region=name]`
/// elements. Links inside stay links.
#[island]
pub fn LiveList(children: Children) -> impl IntoView {
    // The number of the newest question: an answer to an older one is dropped.
    let newest = StoredValue::new(0_u32);
    let ask = move |form: HtmlFormElement, pause: Duration| {
        let mine = newest.with_value(|number| number.wrapping_add(1));
        newest.set_value(mine);
        let is_newest = move || newest.try_get_value() == Some(mine);
        set_timeout(
            move || {
                if is_newest() {
                    spawn_local(refresh(form, is_newest));
                }
            },
            pause,
        );
    };
    let on_input = move |event: Event| {
        if let Some(form) = live_form(&event, "input[type=search]") {
            ask(form, PAUSE);
        }
    };
    let on_change = move |event: Event| {
        if let Some(form) = live_form(&event, "select") {
            ask(form, Duration::ZERO);
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        if let Some(form) = live_form(&event, "form") {
            event.prevent_default();
            ask(form, Duration::ZERO);
        }
    };
    view! {
        <div class="live-list" on:input=on_input on:change=on_change on:submit=on_submit>
            {children()}
        </div>
    }
}

/// The search form that the event happened in, when it happened on what `selector` names.
fn live_form(event: &Event, selector: &str) -> Option<HtmlFormElement> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    if !target.matches(selector).ok()? {
        return None;
    }
    target.closest("form[data-live]").ok()??.dyn_into().ok()
}

/// Fetches the page that the form asks for and shows its list; anything unexpected becomes an ordinary
/// visit of that page, which can say what is wrong.
async fn refresh(form: HtmlFormElement, is_newest: impl Fn() -> bool) {
    let Some(root) = form.closest(".live-list").ok().flatten() else {
        return;
    };
    let Some(address) = address(&form) else { return };
    let regions: Vec<Element> = dom::find_all(&root, "[data-list-region]");
    for region in &regions {
        dom::set(region, "aria-busy", "true");
    }
    let page = fetch_page(&address).await;
    if !is_newest() {
        return;
    }
    let Some(page) = page else {
        let _ = window().location().assign(&address);
        return;
    };
    for region in &regions {
        swap(region, &page);
    }
    let _ = window().history().and_then(|history| {
        history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&address))
    });
    keep_session_clock(&page);
    announce(&root);
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
    let headers = Headers::new().ok()?;
    headers.set("Accept", "text/html").ok()?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(address, &init))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
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
    // Leptos leaves this function on the window for exactly that.
    let wake = Reflect::get(&window(), &"__hydrateIsland".into())
        .ok()
        .and_then(|wake| wake.dyn_into::<Function>().ok());
    let Some(wake) = wake else { return };
    for island in dom::find_all::<Element>(region, "leptos-island") {
        let id = island.get_attribute("data-component").unwrap_or_default();
        let _ = wake.call2(&JsValue::NULL, &island, &id.into());
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

/// Says how many rows there are now to those who do not see them.
fn announce(root: &Element) {
    let find = |selector| root.query_selector(selector).ok().flatten();
    if let (Some(summary), Some(region)) = (find("[data-list-summary]"), find("[data-list-announce]")) {
        region.set_text_content(summary.text_content().as_deref());
    }
}
