//! Lists: full, wide, without a match, without anything.

use leptos::prelude::*;

use super::states::MOMENT;
use crate::ui::{Badge, Column, EmptyState, LinkButton, List, ListPage, Tone, When};

struct Row {
    name: &'static str,
    full: &'static str,
    state: (Tone, &'static str),
    signed_in: Option<i64>,
    sign_ins: usize,
}

const ROWS: [Row; 5] = [
    Row {
        name: "anna.berg",
        full: "Anna Berg",
        state: (Tone::Good, "Active"),
        signed_in: Some(MOMENT),
        sign_ins: 1_204,
    },
    Row {
        name: "bela.nagy",
        full: "Béla Nagy",
        state: (Tone::Bad, "Locked"),
        signed_in: Some(MOMENT - 9_000_000),
        sign_ins: 87,
    },
    Row {
        name: "chidi.okafor",
        full: "Chidi Okafor",
        state: (Tone::Good, "Active"),
        signed_in: None,
        sign_ins: 0,
    },
    Row {
        name: "dana.levi",
        full: "Dana Levi",
        state: (Tone::Warning, "Password expired"),
        signed_in: Some(MOMENT - 990_000_000),
        sign_ins: 15,
    },
    Row {
        name: "eiko.sato",
        full: "Eiko Satō",
        state: (Tone::Neutral, "Disabled"),
        signed_in: None,
        sign_ins: 3,
    },
];

/// Each list of this page has its own words, so that they can be distinguished.
fn list(noun: (&'static str, &'static str)) -> List<Row> {
    let state = |row: &Row| {
        let (tone, text) = row.state;
        view! { <Badge tone text/> }.into_any()
    };
    let columns = vec![
        Column::text("name", "User name", |row: &Row| row.name).link(|_| "/ui".to_owned()),
        Column::text("full", "Full name", |row: &Row| row.full),
        Column::text("state", "State", |row: &Row| row.state.1).cell(state),
        Column::computed("signed_in", "Last sign-in", |_: &Row| String::new())
            .cell(|row| view! { <When millis=row.signed_in/> }.into_any()),
        Column::number("sign_ins", "Sign-ins", |row: &Row| Some(row.sign_ins)),
        Column::computed("distinguished", "Distinguished name", |row: &Row| {
            format!(
                "CN={},OU=Information Security,OU=Headquarters,O=Example,DC=example,DC=com",
                row.full
            )
        })
        .unsorted()
        .hidden(),
    ];
    List::new("/ui", noun, columns).filter(
        "state",
        "State",
        [("active", "Active"), ("locked", "Locked")],
        |row, value| row.state.1.eq_ignore_ascii_case(value),
    )
}

fn page(matching: u64, total: u64) -> ListPage<Row> {
    let rows = if matching == 0 { Vec::new() } else { ROWS.into() };
    ListPage {
        rows,
        matching,
        total,
        as_of_millis: Some(MOMENT),
    }
}

fn shown(list: List<Row>, query: &str, page: &ListPage<Row>) -> AnyView {
    let state = list.state(query);
    list.view(&state, page)
}

pub fn rows() -> AnyView {
    shown(list(("user", "users")), "sort=name&page=2", &page(10_042, 10_042))
}

pub fn wide() -> AnyView {
    let query = "q=a&columns=name&columns=full&columns=state&columns=signed_in&columns=sign_ins&columns=distinguished";
    shown(list(("account", "accounts")), query, &page(5, 10_042))
}

pub fn no_match() -> AnyView {
    shown(list(("guest", "guests")), "q=zzz&state=locked", &page(0, 10_042))
}

pub fn nothing() -> AnyView {
    let empty = view! {
        <EmptyState title="No users yet" hint="Users come from the cluster or from a directory.">
            <LinkButton label="New user" href="/ui" primary=true/>
        </EmptyState>
    };
    shown(list(("newcomer", "newcomers")).empty(empty), "", &page(0, 0))
}
