//! States, words and facts.

use leptos::prelude::*;

use crate::{
    error::{ErrorKind, PortalError},
    ui::{
        Badge, Copyable, DescriptionList, Detail, EmptyState, ErrorState, Flash, FlashMessage, Icon,
        LinkButton, LoadingState, Notice, Tone, When,
    },
};

const TONES: [(Tone, &str); 5] = [
    (Tone::Neutral, "Neutral"),
    (Tone::Good, "Good"),
    (Tone::Warning, "Warning"),
    (Tone::Bad, "Bad"),
    (Tone::Info, "Info"),
];

/// 2026-11-22 05:01 UTC.
pub const MOMENT: i64 = 1_795_323_660_000;

pub fn notices() -> AnyView {
    view! {
        <Notice tone=Tone::Good title="anna.berg is locked."/>
        <Notice tone=Tone::Info title="This is the simulator." detail="Nothing here reaches a real cluster."/>
        <Notice tone=Tone::Neutral title="The list is 4 minutes old.">
            <p>
                <a href="/ui">"Refresh"</a>
            </p>
        </Notice>
        <Notice tone=Tone::Warning title="The session ends in 2 minutes." detail="Anything you do keeps it alive."/>
        <Notice
            tone=Tone::Bad
            title="anna.berg could not be locked."
            detail="The cluster asks for fewer requests. Try again in 5 seconds."
            request_id="01JD7Q3Z6M8R4T2V9X0B5C7E1F"
       />
    }
    .into_any()
}

pub fn flash() -> AnyView {
    let flash = FlashMessage {
        tone: Tone::Good,
        title: "The password of anna.berg is new.".to_owned(),
        detail: Some("It is shown this once. Anna has to change it when she signs in.".to_owned()),
        secret: Some("Tulip-Harbor-4711".to_owned()),
        request_id: None,
    };
    view! { <Flash flash/> }.into_any()
}

pub fn places() -> AnyView {
    let error = PortalError {
        request_id: Some("01JD7Q3Z6M8R4T2V9X0B5C7E1F".to_owned()),
        ..PortalError::new(ErrorKind::Unreachable, "The users could not be read.")
            .with_detail("The cluster could not be reached. It may be restarting.")
    };
    view! {
        <EmptyState title="No groups yet" hint="A group gives its roles to all of its members.">
            <LinkButton label="New group" href="/ui" primary=true/>
        </EmptyState>
        <LoadingState label="Loading the services"/>
        <ErrorState error retry="/ui"/>
    }
    .into_any()
}

pub fn facts() -> AnyView {
    let badges = TONES
        .into_iter()
        .map(|(tone, text)| view! { <Badge tone text/> " " })
        .collect_view();
    let never: Option<i64> = None;
    view! {
        <DescriptionList>
            <Detail label="Badges">{badges}</Detail>
            <Detail label="A moment">
                <When millis=Some(MOMENT)/>
            </Detail>
            <Detail label="No moment">
                <When millis=never/>
            </Detail>
            <Detail label="An identifier">
                <Copyable text="7f6c0a52-3f0b-4f0e-9b53-6b8a2c4d1e90" label="user id"/>
            </Detail>
            <Detail label="A very long value">
                "CN=Anna Berg,OU=Information Security,OU=Headquarters,O=Example Incorporated,DC=directory,DC=example,DC=com"
            </Detail>
        </DescriptionList>
    }
    .into_any()
}

pub fn icons() -> AnyView {
    let names = [
        "gate",
        "overview",
        "users",
        "user",
        "session",
        "services",
        "lock",
        "unlock",
        "search",
        "sort",
        "sort-up",
        "sort-down",
        "copy",
        "check",
        "warning",
        "error",
        "info",
        "close",
        "sun",
        "moon",
        "system",
        "sign-out",
        "columns",
        "refresh",
        "first",
        "chevron-left",
        "chevron-right",
        "last",
        "external",
        "key",
        "shield",
        "plus",
    ];
    view! {
        <ul class="icons">
            {names
                .into_iter()
                .map(|name| {
                    view! {
                        <li>
                            <Icon name/>
                            {name}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
