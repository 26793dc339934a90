//! Lists: full, wide, without a match, without anything.

use leptos::prelude::*;

use super::states::MOMENT;
use crate::ui::{
    Badge, ColumnSpec, EmptyState, FilterSpec, LinkButton, ListPage, ListSpec, ListState, ListView, Tone,
    When, grouped, options,
};

struct Row {
    name: &'static str,
    full: &'static str,
    state: (Tone, &'static str),
    signed_in: Option<i64>,
    sign_ins: u64,
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

fn column(key: &'static str, title: &'static str) -> ColumnSpec {
    ColumnSpec {
        key,
        title,
        sortable: true,
        shown: true,
        numeric: key == "sign_ins",
    }
}

/// Each list of this page has words of its own, so that they can be told apart.
fn spec(noun: (&'static str, &'static str), search_label: &'static str) -> ListSpec {
    ListSpec {
        path: "/ui".to_owned(),
        noun,
        search_label,
        columns: vec![
            column("name", "User name"),
            column("full", "Full name"),
            column("state", "State"),
            column("signed_in", "Last sign-in"),
            column("sign_ins", "Sign-ins"),
            ColumnSpec {
                sortable: false,
                shown: false,
                ..column("distinguished", "Distinguished name")
            },
        ],
        filters: vec![FilterSpec {
            key: "state",
            label: "State",
            options: options(&[("active", "Active"), ("locked", "Locked")]),
        }],
        exports: false,
    }
}

fn cell(row: &Row, key: &str) -> AnyView {
    match key {
        "name" => view! { <a href="/ui">{row.name}</a> }.into_any(),
        "full" => row.full.into_any(),
        "state" => {
            let (tone, text) = row.state;
            view! { <Badge tone text /> }.into_any()
        }
        "signed_in" => view! { <When millis=row.signed_in /> }.into_any(),
        "sign_ins" => grouped(row.sign_ins).into_any(),
        _ => format!(
            "CN={},OU=Information Security,OU=Headquarters,O=Example,DC=example,DC=com",
            row.full
        )
        .into_any(),
    }
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

/// The list in the state of this address.
fn list(spec: ListSpec, query: &str, page: ListPage<Row>) -> AnyView {
    let state = ListState::parse(query, &spec);
    view! { <ListView spec state page cell /> }.into_any()
}

pub fn rows() -> AnyView {
    list(
        spec(("user", "users"), "Search users"),
        "sort=name&page=2",
        page(10_042, 10_042),
    )
}

pub fn wide() -> AnyView {
    list(
        spec(("account", "accounts"), "Search accounts"),
        "q=a&columns=name&columns=full&columns=state&columns=signed_in&columns=sign_ins&columns=distinguished",
        page(5, 10_042),
    )
}

pub fn no_match() -> AnyView {
    list(
        spec(("guest", "guests"), "Search guests"),
        "q=zzz&state=locked",
        page(0, 10_042),
    )
}

pub fn nothing() -> AnyView {
    let empty = view! {
        <EmptyState title="No users yet" hint="Users come from the cluster or from a directory.">
            <LinkButton label="New user" href="/ui" primary=true />
        </EmptyState>
    }
    .into_any();
    let spec = spec(("newcomer", "newcomers"), "Search newcomers");
    let page = ListPage::<Row> {
        rows: Vec::new(),
        matching: 0,
        total: 0,
        as_of_millis: None,
    };
    view! { <ListView spec state=ListState::default() page cell empty /> }.into_any()
}
