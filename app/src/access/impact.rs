//! What a change of a role or a group does to people, before it is saved.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use operations::access::{AccessReview, Affected, Change, Impact, KnownAccess, Person};
use protegrity::PermissionName;

use super::page::Scanning;
use crate::{
    links,
    ui::{Caution, Section, Table, counted, grouped},
};

/// The people whom a change touches, as far as they are known.
#[component]
pub(crate) fn ImpactSection(
    /// The change.
    change: Change,
    /// Who has which access.
    access: KnownAccess,
    /// The address of the page that counts the people first.
    count: String,
    /// The address of all people whom the change touches.
    #[prop(optional_no_strip)]
    everyone: Option<String>,
) -> AnyView {
    let content = match access {
        KnownAccess::Read(review) => view! { <Counted review change everyone/> }.into_any(),
        KnownAccess::Scanning(progress) => view! { <Scanning progress next=count/> }.into_any(),
        KnownAccess::NotCounted => view! {
            <Caution title="It is not known yet whom this touches."
                detail="The cluster returns the roles of its users one by one. Reading all of them takes a while."/>
            <div class="form-actions"><a class="button" href=count>"Count first"</a></div>
        }
        .into_any(),
        KnownAccess::NotVisible => view! {
            <Caution title="You cannot see whom this touches."
                detail="It takes the permissions to read users and groups."/>
        }
        .into_any(),
    };
    view! { <Section title="People">{content}</Section> }.into_any()
}

#[component]
fn Counted(review: Arc<AccessReview>, change: Change, everyone: Option<String>) -> impl IntoView {
    let impact = review.impact(&change);
    let affected = counted(impact.people.count, ("person is affected", "people are affected"));
    view! {
        {signed_out(&impact.signed_out)}
        {incomplete(&review)}
        <p><strong>{affected}</strong> {named(&impact.people)}</p>
        {everyone.map(|href| view! { <p><a href=href>"All people with this role"</a></p> })}
        {effects(&impact)}
    }
    .into_any()
}

fn signed_out(people: &Affected) -> Option<AnyView> {
    if people.count == 0 {
        return None;
    }
    let who = counted(people.count, ("person", "people"));
    let detail = format!("No other role gives them can_create_token: {}.", in_words(people));
    Some(view! { <Caution title=format!("{who} can no longer sign in.") detail/> }.into_any())
}

/// Says where people may be missing, or keep a permission by a role that the session does not see.
fn incomplete(review: &AccessReview) -> Option<AnyView> {
    let mut reasons = Vec::new();
    if review.unread > 0 {
        reasons.push(format!(
            "{} could not be read.",
            counted(review.unread, ("user", "users"))
        ));
    }
    if !review.roles_visible || !review.groups_visible {
        reasons.push("You do not see all roles and groups.".to_owned());
    }
    if reasons.is_empty() {
        return None;
    }
    let detail = reasons.join(" ");
    Some(view! { <Caution title="These numbers may be too low." detail/> }.into_any())
}

/// The permissions that people get or lose, those that others include among them.
fn effects(impact: &Impact) -> AnyView {
    if impact.lost.is_empty() && impact.gained.is_empty() {
        return view! {
            <p>"Nobody gets or loses a permission: other roles give what this one takes, or gave it already."</p>
        }
        .into_any();
    }
    let rows = |effect: &'static str, people: &BTreeMap<PermissionName, Affected>| {
        let rows = people.iter().map(|(permission, people)| {
            view! {
                <tr>
                    <th scope="row"><code>{permission.to_string()}</code></th>
                    <td>{effect}</td>
                    <td class="num">{grouped(people.count as u64)}</td>
                    <td class="wraps">{links_to(people)}</td>
                </tr>
            }
        });
        rows.collect_view()
    };
    let (lost, gained) = (rows("Lost", &impact.lost), rows("Gained", &impact.gained));
    view! {
        <Table label="Permissions that people get or lose" columns=&["Permission", "Effect", "People", "Who"]>
            {lost}
            {gained}
        </Table>
    }
    .into_any()
}

/// The first people in parentheses.
fn named(people: &Affected) -> Option<AnyView> {
    (people.count > 0).then(|| view! { " (" {links_to(people)} ")" }.into_any())
}

/// The first people, each a link, and how many more there are.
fn links_to(people: &Affected) -> AnyView {
    let link = |(at, person): (usize, &Person)| {
        let separator = (at > 0).then_some(", ");
        view! { {separator}<a href=links::user(&person.id)><bdi>{person.user_name.clone()}</bdi></a> }
    };
    let links = people.first.iter().enumerate().map(link).collect_view();
    view! { {links} {more(people)} }.into_any()
}

fn in_words(people: &Affected) -> String {
    let names: Vec<_> = people
        .first
        .iter()
        .map(|person| person.user_name.as_str())
        .collect();
    format!("{}{}", names.join(", "), more(people).unwrap_or_default())
}

fn more(people: &Affected) -> Option<String> {
    let more = people.count - people.first.len();
    (more > 0).then(|| format!(" and {} more", grouped(more as u64)))
}
