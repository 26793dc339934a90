//! What a dry run found, and what became of its import.

use std::sync::Arc;

use gate::Action;
use jiff::Timestamp;
use leptos::prelude::*;
use server_fn::ServerFn;

use super::{
    super::{
        IMPORT,
        chosen::{Item, What},
        full_name, or_dash,
    },
    actions::RunEntraImport,
    order::{Order, Plan, Tally},
    page::Steps,
    report::{FailedPortion, Outcome, Report, Row},
    there::Place,
};
use crate::{
    ui::{
        Badge, DescriptionList, Detail, LinkButton, Notice, PostForm, Section, SubmitButton, Table, Tone,
        When, counted,
    },
    visit::Visit,
};

/// A dry run, with the button of the import.
#[component]
pub(super) fn Tried(visit: Visit, id: String, plan: Arc<Plan>, until: Timestamp) -> impl IntoView {
    let order = &plan.order;
    let rows = order.items.iter().enumerate().map(|(at, item)| {
        let there = match &plan.there {
            None => "Not known".into_any(),
            Some(there) => there_now(there.get(at).cloned().flatten()),
        };
        tried_row(item, there)
    });
    let rows = rows.collect_view();
    let columns = match order.what {
        What::Users => &["User principal name", "Name", "E-mail", "In the cluster now"],
        What::Groups => &["Name", "Description", "ID", "In the cluster now"],
    };
    let found = view! { <Found order=order.clone() tally=plan.tally.clone()/> }.into_any();
    let wanted = view! { <Wanted order=order.clone()/> }.into_any();
    view! {
        <Steps shown=(3, 3)/>
        <Section title="3. Dry run">
            {found}
            {wanted}
            <Table label="What was tried" columns>{rows}</Table>
        </Section>
        <Section title="4. Import">
            <ImportForm visit id plan until/>
        </Section>
    }
    .into_any()
}

/// What the cluster said to the dry run.
#[component]
fn Found(order: Order, tally: Tally) -> impl IntoView {
    let all = order.counted();
    let what = order.what;
    let (tone, title) = if tally.succeeded {
        match tally.failures() {
            Some(0) => (Tone::Good, format!("The dry run passed for {all}.")),
            Some(failed) => (
                Tone::Warning,
                format!("The dry run failed for {failed} of {all}."),
            ),
            None => (
                Tone::Info,
                format!("The dry run was made for {all}, and the cluster counted nothing."),
            ),
        }
    } else {
        (Tone::Bad, "The cluster could not make the dry run.".to_owned())
    };
    let failed = tally.failures().is_some_and(|failed| failed > 0);
    let detail = failed.then_some("The cluster does not say which, nor why. Those that are in the cluster already are likely among them.");
    let members = tally.members.filter(|_| order.import_members).map(|members| {
        let members = usize::try_from(members).unwrap_or_default();
        view! { <p>{format!("With the groups would come {}.", counted(members, ("member", "members")))}</p> }
    });
    let oddity = tally.oddity(what).map(|words| view! { <p>{words}</p> });
    let said = tally
        .messages
        .iter()
        .map(|words| view! { <p>{format!("The cluster said: {words}")}</p> })
        .collect_view();
    view! {
        <Notice tone title detail>{members}{oddity}{said}<p>"Nothing has been imported yet."</p></Notice>
    }
    .into_any()
}

/// What those who are imported get.
#[component]
fn Wanted(order: Order) -> impl IntoView {
    let list = |names: Vec<String>| {
        if names.is_empty() {
            or_dash(None)
        } else {
            names.join(", ")
        }
    };
    let roles = list(order.roles.iter().map(ToString::to_string).collect());
    let providers = list(order.providers.iter().map(ToString::to_string).collect());
    let members = match order.what {
        What::Users => None,
        What::Groups => Some(if order.import_members {
            "Imported as users"
        } else {
            "Not imported"
        }),
    };
    view! {
        <DescriptionList>
            {members.map(|members| view! { <Detail label="Members">{members}</Detail> })}
            <Detail label="Roles">{roles}</Detail>
            <Detail label="Identity providers">{providers}</Detail>
        </DescriptionList>
    }
    .into_any()
}

#[component]
fn ImportForm(visit: Visit, id: String, plan: Arc<Plan>, until: Timestamp) -> impl IntoView {
    let order = &plan.order;
    let change = format!("{IMPORT}?what={}&from={id}", order.what.name());
    let error = visit.fields(RunEntraImport::url()).error();
    let denied = visit.denied(Action::ImportFromEntra);
    let label = format!("Import {}", order.counted());
    if !plan.is_importable() {
        return view! {
            <p>"There is nothing to import after a dry run that could not be made."</p>
            <div class="form-actions"><LinkButton label="Change the selection" href=change/></div>
        }
        .into_any();
    }
    view! {
        <PostForm action=RunEntraImport::url() error hidden=vec![("plan", id)]>
            <p>
                "Imports exactly what was tried. It cannot be taken back here: a user or group that was created has to be "
                "deleted one by one. This dry run is good until " <When millis=until.as_millisecond()/> "."
            </p>
            <div class="form-actions">
                <a class="button" href=change>"Change the selection"</a>
                <SubmitButton label denied/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// A row of the dry run.
fn tried_row(item: &Item, there: AnyView) -> impl IntoView + use<> {
    view! { <tr>{cells(item)}<td>{there}</td></tr> }
}

fn there_now(place: Option<Place>) -> AnyView {
    match place {
        None => "Not yet".into_any(),
        Some(place) => view! { "Already there: " <PlaceLink place/> }.into_any(),
    }
}

/// The first three cells of a row.
fn cells(item: &Item) -> impl IntoView + use<> {
    let (name, second, third) = match item {
        Item::User(user) => (
            item.name().to_owned(),
            or_dash(Some(&full_name(user))),
            or_dash(user.email.as_deref()),
        ),
        Item::Group(group) => (
            item.name().to_owned(),
            or_dash(group.description.as_deref()),
            group.id.clone(),
        ),
    };
    view! {
        <th scope="row"><bdi>{name}</bdi></th>
        <td><bdi>{second}</bdi></td>
        <td><bdi>{third}</bdi></td>
    }
}

#[component]
fn PlaceLink(place: Place) -> impl IntoView {
    view! { <a href=place.href><bdi>{place.name}</bdi></a> }
}

/// An import that goes on.
#[component]
pub(super) fn Running(visit: Visit, plan: Arc<Plan>) -> impl IntoView {
    view! {
        <Steps shown=(4, 4)/>
        <Notice tone=Tone::Info title=format!("The import of {} is under way.", plan.order.counted())
            detail="It goes on when this page is left. What became of it will be shown here.">
            <p><a class="button" href=visit.address()>"Look again"</a></p>
        </Notice>
    }
    .into_any()
}

/// What became of an import.
#[component]
pub(super) fn Done(id: String, plan: Arc<Plan>, report: Arc<Report>) -> impl IntoView {
    let what = plan.order.what;
    let rows = report.rows.iter().map(done_row).collect_view();
    let columns = match what {
        What::Users => &["User principal name", "Name", "E-mail", "Outcome", "User"],
        What::Groups => &["Name", "Description", "ID", "Outcome", "Group"],
    };
    let (_, many) = what.noun();
    let csv = format!("/export/entra-import.csv?plan={id}");
    let all = format!("/{many}");
    view! {
        <Steps shown=(4, 4)/>
        <Outcomes plan=plan.clone() report=report.clone()/>
        <Section title="What became of each">
            <Table label="What became of each" columns>{rows}</Table>
            <p class="export"><a href=csv download>"Export as CSV"</a></p>
        </Section>
        <div class="form-actions">
            <LinkButton label=format!("Import more {many}") href=format!("{IMPORT}?what={many}")/>
            <LinkButton label=format!("To the {many}") href=all/>
        </div>
    }
    .into_any()
}

/// The sum of it, and what is the matter with it.
#[component]
fn Outcomes(plan: Arc<Plan>, report: Arc<Report>) -> impl IntoView {
    let what = plan.order.what;
    let (title, detail) = (report.title(what), report.sum());
    let tone = if report.is_complete() && report.failed.is_empty() {
        Tone::Good
    } else {
        Tone::Warning
    };
    let members = report.tally.members.filter(|_| plan.order.import_members).map(|members| {
        let members = usize::try_from(members).unwrap_or_default();
        view! { <p>{format!("The cluster counted {} that came with the groups.", counted(members, ("member", "members")))}</p> }
    });
    let said = report
        .tally
        .messages
        .iter()
        .map(|words| view! { <p>{format!("The cluster said: {words}")}</p> });
    let said = said.collect_view();
    let disagreements = report
        .disagreements(what)
        .into_iter()
        .map(|words| view! { <p>{words}</p> });
    let failed = report
        .failed
        .iter()
        .map(|portion| failed_portion(portion, what))
        .collect_view();
    let unread = report.unread.clone().map(|error| {
        view! {
            <Notice tone=Tone::Bad title=format!("Who is there now could not be asked. {}", error.title)
                detail=error.detail request_id=error.request_id/>
        }
    });
    view! {
        <Notice tone title detail>
            {members}{said}{disagreements.collect_view()}
        </Notice>
        {failed}
        {unread}
    }
    .into_any()
}

fn failed_portion(portion: &FailedPortion, what: What) -> impl IntoView + use<> {
    let FailedPortion {
        rows: (first, last),
        error,
    } = portion.clone();
    let (one, many) = what.noun();
    let which = if first == last {
        format!("the {one} {first}")
    } else {
        format!("the {many} {first} to {last}")
    };
    view! {
        <Notice tone=Tone::Bad title=format!("The call for {which} failed. {}", error.title) detail=error.detail
            request_id=error.request_id/>
    }
}

fn done_row(row: &Row) -> impl IntoView + use<> {
    let Row { item, outcome, place } = row.clone();
    let members = place.as_ref().and_then(|place| place.members);
    let members = members.map(|members| format!(" ({})", counted(members, ("member", "members"))));
    let is_there = matches!(outcome, Outcome::Created | Outcome::Before | Outcome::There);
    view! {
        <tr>
            {cells(&item)}
            <td><Badge tone=outcome.tone() text=outcome.words()/></td>
            <td>{place.filter(|_| is_there).map(|place| view! { <PlaceLink place/> })}{members}</td>
        </tr>
    }
}
