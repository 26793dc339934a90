//! `/policy/picture`: what hangs together, drawn, and as a list that says the same.

mod diagram;
mod layout;
#[cfg(test)]
mod tests;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    policy::Connections,
    text::{counted, shortened},
};
use protegrity::pim::{Object, PolicyUid};

use self::{
    diagram::{Diagram, Kind, Node},
    layout::{BOX_HEIGHT, BOX_WIDTH, Layout, layout},
};
use super::WORKBENCH;
use crate::{
    answer::PageResult,
    context::RequestContext,
    links::PICTURE,
    params::id,
    ui::{Caution, EmptyState, LinkButton, Page, Section},
};

const TITLE: &str = "Picture of the policies";

/// How many characters of a text fit into a box: of a name, and of the smaller line below it.
const MAX_NAME: usize = 22;
const MAX_DETAIL: usize = 28;

/// `/policy/picture`
pub async fn picture(context: RequestContext) -> PageResult {
    let asked = context.query_value("policy").unwrap_or_default();
    // The empty uid is no policy's.
    let chosen = (!asked.is_empty()).then(|| id(&asked).map_or_else(PolicyUid::default, PolicyUid::from));
    let operation = context.begin(Action::ViewPolicy, Target::portal()).await?;
    let known = Connections::read(&operation, chosen.as_ref()).await?;
    let policies = &known.state.policies;
    let listed = |uid: &PolicyUid| policies.iter().find(|policy| policy.uid == *uid);
    let choice = choice(&known, chosen.as_ref());
    let (lead, content) = match (&chosen, chosen.as_ref().and_then(listed)) {
        (None, _) => (
            "Which roles and data elements the policies name, and where they are deployed.".to_owned(),
            content(&Diagram::of(&known, None)),
        ),
        (Some(_), Some(policy)) => (
            format!("What {} names, and where it is deployed.", policy.name),
            content(&Diagram::of(&known, Some(&policy.uid))),
        ),
        (Some(_), None) => (
            "There is no such policy.".to_owned(),
            view! { <Caution title="The cluster lists no policy of this uid." detail="Choose another one, or all."/> }
                .into_any(),
        ),
    };
    let content = view! { {choice}{content} };
    Ok(Page::new(TITLE, content)
        .crumb("Policy", WORKBENCH)
        .lead(lead)
        .actions(view! { <LinkButton label="Who sees what" href="/policy/access"/> }))
}

/// The form that chooses one policy, or all.
fn choice(known: &Connections, chosen: Option<&PolicyUid>) -> AnyView {
    let mut policies: Vec<_> = known.state.policies.iter().collect();
    policies.retain(|policy| !policy.uid.is_empty());
    policies.sort_by_cached_key(|policy| policy.name.to_lowercase());
    let options = policies.into_iter().map(|policy| {
        let is_chosen = chosen == Some(&policy.uid);
        view! { <option value=policy.uid().to_owned() selected=is_chosen>{shortened(policy.name.clone(), 60)}</option> }
    });
    view! {
        <div class="list">
            <form class="list-search" method="get" action=PICTURE aria-label="Policy of the picture">
                <label class="list-filter">
                    <span>"Policy"</span>
                    <select name="policy">
                        <option value="">"All policies"</option>
                        {options.collect_view()}
                    </select>
                </label>
                <button type="submit" class="button">"Show"</button>
            </form>
        </div>
    }
    .into_any()
}

fn content(diagram: &Diagram) -> AnyView {
    if diagram.nodes.is_empty() {
        return view! {
            <EmptyState title="Nothing to draw" hint="There is no policy, no data store and no trusted application yet.">
                <LinkButton label="Back to policy" href=WORKBENCH/>
            </EmptyState>
        }
        .into_any();
    }
    let list = list(diagram);
    view! {
        {notes(diagram)}
        {drawing(diagram, &layout(diagram))}
        <Section title="The same as a list">{list}</Section>
    }
    .into_any()
}

/// What the picture does not show.
fn notes(diagram: &Diagram) -> AnyView {
    let unknown = (!diagram.unknown.is_empty()).then(|| {
        let detail = format!(
            "The cluster does not say what these have: {}.",
            operations::merge::listed(&diagram.unknown)
        );
        view! { <Caution title="What is deployed is not known everywhere." detail/> }
    });
    let unused = diagram.unused.iter().enumerate().map(|(at, (kind, count))| {
        let separator = (at > 0).then_some(" and ");
        view! { {separator}<a href=kind.list()>{counted(*count, kind.nouns())}</a> }
    });
    let unused = (!diagram.unused.is_empty()).then(
        || view! { <p class="muted">"Not in the picture, because no rule names them: "{unused.collect_view()}"."</p> },
    );
    view! { {unknown}{unused} }.into_any()
}

/// The drawing. It is hidden from assistive technology, which has the list: its links are not in the tab order.
fn drawing(diagram: &Diagram, layout: &Layout) -> AnyView {
    let Layout { width, height, .. } = *layout;
    let lines = layout
        .lines
        .iter()
        .map(|line| view! { <path class="picture-line" d=line.path()></path> });
    let lines = lines.collect_view();
    let headings = layout.headings.iter().map(|(kind, at)| {
        view! { <text class="picture-heading" x=at.x.to_string() y=at.y.to_string()>{kind.title()}</text> }
    });
    let headings = headings.collect_view();
    let boxes = diagram.nodes.iter().zip(&layout.boxes);
    let boxes = boxes.map(|(node, at)| {
        let (x, y) = (at.x.to_string(), at.y.to_string());
        // Without a link: the list below has it, for the keyboard too.
        node_box(node, x, y)
    });
    let boxes = boxes.collect_view();
    // In the unit of the page's text, so that the drawing grows with it.
    let rem = |units: u32| format!("{}rem", f64::from(units) / 16.0);
    view! {
        <div class="table-wrap" role="region" aria-label="Drawing of what the list below says" tabindex="0">
            <svg class="picture-drawing" aria-hidden="true" focusable="false" viewBox=format!("0 0 {width} {height}")
                width=rem(width) height=rem(height)>
                {lines}
                {headings}
                {boxes}
            </svg>
        </div>
    }
    .into_any()
}

/// A box with its texts. What is too wide for it is cut off by the inner `svg`.
fn node_box(node: &Node, x: String, y: String) -> AnyView {
    // A box for the others of its kind says it in two lines.
    let (name, detail) = match node.name.split_once(" other ") {
        Some((count, nouns)) if node.is_rest => (format!("{count} other"), nouns),
        _ => (node.name.clone(), node.detail.as_str()),
    };
    let detail = (!detail.is_empty()).then(|| {
        let detail = shortened(detail.to_owned(), MAX_DETAIL);
        view! { <text class="picture-detail" x="10" y="32">{detail}</text> }
    });
    let base = if detail.is_some() { "17" } else { "25" };
    let is_cut = name.chars().count() > MAX_NAME;
    let whole = is_cut.then(|| shortened(name.clone(), 200));
    let name = shortened(name, MAX_NAME);
    view! {
        <svg class=format!("picture-box {}", node.kind.class()) x=x y=y width=BOX_WIDTH.to_string()
            height=BOX_HEIGHT.to_string()>
            {whole.map(|whole| view! { <title>{whole}</title> })}
            <rect x="1" y="1" width=(BOX_WIDTH - 2).to_string() height=(BOX_HEIGHT - 2).to_string() rx="5"></rect>
            <text class="picture-name" x="10" y=base>{name}</text>
            {detail}
        </svg>
    }
    .into_any()
}

/// An object with what it is joined with, by kind.
type Entry = (usize, Vec<(Kind, Vec<usize>)>);

/// The list: the policies with what they name and where they are, the data stores with their trusted applications, and
/// what is joined with nothing.
fn entries(diagram: &Diagram) -> Vec<(Kind, Vec<Entry>)> {
    let entry = |node: usize, kinds: &[Kind]| {
        let joined = kinds.iter().map(|kind| (*kind, diagram.joined(node, *kind)));
        (
            node,
            joined
                .filter(|(_, others)| !others.is_empty())
                .collect::<Vec<_>>(),
        )
    };
    let of_policy = [Kind::Role, Kind::DataElement, Kind::DataStore];
    let policies = diagram.of_kind(Kind::Policy).map(|node| entry(node, &of_policy));
    let stores = diagram
        .of_kind(Kind::DataStore)
        .map(|node| entry(node, &[Kind::Application]));
    let alone = diagram
        .of_kind(Kind::Application)
        .filter(|node| diagram.joined(*node, Kind::DataStore).is_empty())
        .map(|node| (node, Vec::new()));
    let groups = [
        (Kind::Policy, policies.collect::<Vec<_>>()),
        (Kind::DataStore, stores.collect()),
        (Kind::Application, alone.collect()),
    ];
    groups
        .into_iter()
        .filter(|(_, entries)| !entries.is_empty())
        .collect()
}

fn list(diagram: &Diagram) -> AnyView {
    let groups = entries(diagram).into_iter().map(|(kind, entries)| {
        let title = match kind {
            Kind::Application => "Trusted applications on no data store",
            kind => kind.title(),
        };
        let rows = entries.into_iter().map(|(node, joined)| {
            let none = joined.is_empty().then(|| nothing(kind));
            let parts = joined.into_iter().map(|(kind, others)| {
                let links = others.into_iter().enumerate().map(|(at, other)| {
                    let separator = (at > 0).then_some(", ");
                    view! { {separator}{link(&diagram.nodes[other])} }
                });
                let label = match kind {
                    Kind::DataStore => "Deployed on",
                    kind => kind.title(),
                };
                view! { <li>{label}": "{links.collect_view()}</li> }
            });
            let parts = parts.collect_view();
            let node = &diagram.nodes[node];
            let detail = (!node.detail.is_empty()).then(|| format!(" ({})", node.detail));
            view! {
                <li>
                    {link(node)}{detail}{none}
                    {(!parts.is_empty()).then(|| view! { <ul>{parts}</ul> })}
                </li>
            }
        });
        view! { <li><strong>{title}</strong><ul>{rows.collect_view()}</ul></li> }
    });
    view! { <ul class="picture-list">{groups.collect_view()}</ul> }.into_any()
}

/// What is said of an object that is joined with nothing.
const fn nothing(kind: Kind) -> &'static str {
    match kind {
        Kind::Policy => ": no rules, and not known to be deployed on a data store",
        Kind::DataStore => ": no known trusted applications",
        Kind::Application | Kind::Role | Kind::DataElement => "",
    }
}

fn link(node: &Node) -> AnyView {
    let name = node.name.clone();
    match node.href.clone() {
        Some(href) => view! { <a href=href><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}
