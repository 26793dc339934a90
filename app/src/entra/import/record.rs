//! The page of an import from Entra ID as a job: the results of the dry run with the button of the import, and the
//! import's results.

use gate::Action;
use leptos::prelude::*;
use operations::{
    entra::{Counts, DryRun, FailedPortion, ImportRequest, Match, ObjectKind, Outcome, Report, ReportRow},
    jobs::{ImportEntra, JobRecord, JobReport},
};

use super::{
    super::{cells, or_dash},
    Steps,
};
use crate::{
    context::RequestContext,
    links,
    ui::{
        Badge, DescriptionList, Detail, LinkButton, Notice, PostForm, Section, SubmitButton, Table, Tone,
        When, counted, csv_of,
    },
};

/// The results of an import that is over, or of its dry run with the button of the import, which is sent to this form.
pub fn report(
    context: &RequestContext,
    record: &JobRecord,
    import: &ImportEntra,
    form: &'static str,
) -> Option<AnyView> {
    match record.report.as_ref()? {
        JobReport::EntraDryRun(dry_run) => {
            let import_form = import_form(context, record, &import.request, form);
            Some(tried(&import.request, dry_run, import_form))
        }
        JobReport::EntraImport(report) => Some(done(&import.request, report)),
        JobReport::Deployment(_) | JobReport::Rules(_) => None,
    }
}

/// A dry run, with the form of the import.
fn tried(request: &ImportRequest, dry_run: &DryRun, import_form: AnyView) -> AnyView {
    let kind = request.kind;
    let rows = request.candidates.iter().enumerate().map(|(at, candidate)| {
        let existing = dry_run.existing.as_ref().map(|existing| existing.get(at));
        let existing = match existing {
            None => "Unknown".into_any(),
            Some(Some(Some(found))) => view! { "Already there: " {match_link(kind, found)} }.into_any(),
            Some(_) => "Not yet".into_any(),
        };
        view! { <tr>{cells(candidate)}<td>{existing}</td></tr> }
    });
    let rows = rows.collect_view();
    let columns: &[_] = match kind {
        ObjectKind::Users => &["User principal name", "Name", "E-mail", "In the cluster now"],
        ObjectKind::Groups => &["Name", "Description", "ID", "In the cluster now"],
    };
    let (results, details) = (
        dry_run_results(request, &dry_run.counts),
        request_details(request),
    );
    view! {
        <Steps shown=(3, 3)/>
        <Section title="3. Dry run">
            {results}
            {details}
            <Table label="What was tried" columns>{rows}</Table>
        </Section>
        <Section title="4. Import">{import_form}</Section>
    }
    .into_any()
}

fn dry_run_results(request: &ImportRequest, counts: &Counts) -> AnyView {
    let all = request.counted();
    let (tone, title) = match counts.failures() {
        _ if !counts.succeeded => (Tone::Bad, "The cluster could not make the dry run.".to_owned()),
        Some(0) => (Tone::Good, format!("The dry run passed for {all}.")),
        Some(failed) => (
            Tone::Warning,
            format!("The dry run failed for {failed} of {all}."),
        ),
        None => (
            Tone::Info,
            format!("The dry run was made for {all}, and the cluster counted nothing."),
        ),
    };
    let failed = counts.failures().is_some_and(|failed| failed > 0);
    let detail = failed.then_some("The cluster does not report which, nor why. Those that are in the cluster already are likely among them.");
    let members = members(request, counts).map(|members| format!("With the groups would come {members}."));
    let words = members.into_iter().chain(counts.discrepancy(request.kind));
    let words = paragraphs(words.chain(said(counts)));
    view! {
        <Notice tone title detail>{words}<p>"Nothing has been imported yet."</p></Notice>
    }
    .into_any()
}

/// The members that come with the groups, as the cluster counted them.
fn members(request: &ImportRequest, counts: &Counts) -> Option<String> {
    let members = counts.members.filter(|_| request.import_members)?;
    let members = usize::try_from(members).unwrap_or_default();
    Some(counted(members, ("member", "members")))
}

fn said(counts: &Counts) -> impl Iterator<Item = String> {
    counts
        .messages
        .iter()
        .map(|words| format!("The cluster said: {words}"))
}

fn paragraphs(words: impl Iterator<Item = String>) -> AnyView {
    words
        .map(|words| view! { <p>{words}</p> })
        .collect_view()
        .into_any()
}

/// What the imported users get.
fn request_details(request: &ImportRequest) -> AnyView {
    let list = |names: Vec<String>| or_dash(names.join(", "));
    let roles = list(request.roles.iter().map(ToString::to_string).collect());
    let providers = list(
        request
            .identity_providers
            .iter()
            .map(ToString::to_string)
            .collect(),
    );
    let members = (request.kind == ObjectKind::Groups).then(|| {
        let members = if request.import_members {
            "Imported as users"
        } else {
            "Not imported"
        };
        view! { <Detail label="Members">{members}</Detail> }
    });
    view! {
        <DescriptionList>
            {members}
            <Detail label="Roles">{roles}</Detail>
            <Detail label="Identity providers">{providers}</Detail>
        </DescriptionList>
    }
    .into_any()
}

fn import_form(
    context: &RequestContext,
    record: &JobRecord,
    request: &ImportRequest,
    form: &'static str,
) -> AnyView {
    let change = format!("{}&from={}", links::entra_import(request.kind, None), record.id);
    let Some(next) = record.next_step() else {
        let words = if record.is_continued {
            "This was imported already. Make another dry run to import it again."
        } else {
            "The dry run could not be made, so nothing can be imported."
        };
        return view! {
            <p>{words}</p>
            <div class="form-actions"><LinkButton label="Change the selection" href=change/></div>
        }
        .into_any();
    };
    let error = context.fields(form).error();
    let denied = context.denied(Action::ImportFromEntra);
    let until = record.kept_until().map(jiff::Timestamp::as_millisecond);
    view! {
        <PostForm action=form error hidden=vec![("id", record.id.to_string())] once=true>
            <p>
                "Imports exactly what was tried. It cannot be undone here: a user or group that was created has to be "
                "deleted one by one. This dry run is valid until " <When millis=until/> "."
            </p>
            <div class="form-actions">
                <a class="button" href=change>"Change the selection"</a>
                <SubmitButton label=next.label denied/>
            </div>
        </PostForm>
    }
    .into_any()
}

fn match_link(kind: ObjectKind, found: &Match) -> AnyView {
    let href = links::child_path(&format!("/{}", kind.name()), &found.id);
    view! { <a href=href><bdi>{found.name.clone()}</bdi></a> }.into_any()
}

/// The results of an import.
fn done(request: &ImportRequest, report: &Report) -> AnyView {
    let kind = request.kind;
    let rows = report.rows.iter().map(|row| done_row(kind, row)).collect_view();
    let columns: &[_] = match kind {
        ObjectKind::Users => &["User principal name", "Name", "E-mail", "Outcome", "User"],
        ObjectKind::Groups => &["Name", "Description", "ID", "Outcome", "Group"],
    };
    let many = kind.name();
    let summary = summary(request, report);
    view! {
        <Steps shown=(4, 4)/>
        {summary}
        <Section title="Results">
            <Table label="Results" columns>{rows}</Table>
        </Section>
        <div class="form-actions">
            <LinkButton label=format!("Import more {many}") href=links::entra_import(kind, None)/>
            <LinkButton label=format!("To the {many}") href=format!("/{many}")/>
        </div>
    }
    .into_any()
}

/// The sum of the results, and what failed.
fn summary(request: &ImportRequest, report: &Report) -> AnyView {
    let kind = request.kind;
    let (title, detail) = (report.title(kind), report.summary());
    let tone = if report.is_complete() && report.failed.is_empty() {
        Tone::Good
    } else {
        Tone::Warning
    };
    let members = members(request, &report.counts)
        .map(|members| format!("The cluster counted {members} that came with the groups."));
    let words = members.into_iter().chain(said(&report.counts));
    let words = paragraphs(words.chain(report.discrepancies(kind)));
    let failed = report.failed.iter().map(|portion| failed_portion(portion, kind));
    let unread = report.unread.clone().map(|failure| {
        view! {
            <Notice tone=Tone::Bad title=format!("The {} of the cluster could not be read afterwards.", kind.name())
                detail=failure.message request_id=failure.request_id/>
        }
    });
    view! {
        <Notice tone title detail>{words}</Notice>
        {failed.collect_view()}
        {unread}
    }
    .into_any()
}

fn failed_portion(portion: &FailedPortion, kind: ObjectKind) -> AnyView {
    let FailedPortion {
        rows: (first, last),
        failure,
        is_unknown,
    } = portion.clone();
    let (one, many) = kind.noun();
    let which = if first == last {
        format!("the {one} {first}")
    } else {
        format!("the {many} {first} to {last}")
    };
    let title = if is_unknown {
        format!("The outcome of the call for {which} is not known.")
    } else {
        format!("The call for {which} failed.")
    };
    view! {
        <Notice tone=Tone::Bad title detail=failure.message
            request_id=failure.request_id/>
    }
    .into_any()
}

fn done_row(kind: ObjectKind, row: &ReportRow) -> AnyView {
    let found = row.found.as_ref();
    let members = found.and_then(|found| found.members);
    let members = members.map(|members| format!(" ({})", counted(members, ("member", "members"))));
    let tone = match row.outcome {
        Outcome::Created | Outcome::There => Tone::Good,
        Outcome::Before => Tone::Neutral,
        Outcome::Missing => Tone::Bad,
        Outcome::Unknown => Tone::Warning,
    };
    view! {
        <tr>
            {cells(&row.candidate)}
            <td><Badge tone text=row.outcome.words()/></td>
            <td>{found.map(|found| match_link(kind, found))}{members}</td>
        </tr>
    }
    .into_any()
}

/// The results as CSV.
pub fn csv(kind: ObjectKind, report: &Report) -> String {
    let heads = match kind {
        ObjectKind::Users => [
            "User principal name",
            "Name",
            "E-mail",
            "Outcome",
            "User name",
            "ID",
        ],
        ObjectKind::Groups => ["Name", "Description", "Entra ID", "Outcome", "Group", "ID"],
    };
    let rows = report.rows.iter().map(|row| {
        let (name, id) = match &row.found {
            Some(found) => (found.name.clone(), found.id.clone()),
            None => Default::default(),
        };
        let cells = row.candidate.cells().into_iter();
        cells.chain([row.outcome.words().to_owned(), name, id]).collect()
    });
    csv_of(heads.map(ToOwned::to_owned).into(), rows)
}

#[cfg(test)]
mod tests {
    use operations::entra::Candidate;
    use protegrity::EntraUser;

    use super::*;

    #[test]
    fn the_file_has_every_row_and_no_formula() {
        let row = |name: &str, outcome, id: Option<&str>| ReportRow {
            candidate: Candidate::User(EntraUser {
                user_principal_name: Some(name.to_owned()),
                first_name: Some("=1+1".to_owned()),
                ..EntraUser::default()
            }),
            outcome,
            found: id.map(|id| Match {
                name: name.to_owned(),
                id: id.to_owned(),
                members: None,
            }),
        };
        let report = Report {
            rows: vec![
                row("a", Outcome::Created, Some("7")),
                row("b", Outcome::Missing, None),
                row("c", Outcome::Missing, None),
            ],
            counts: Counts::default(),
            failed: Vec::new(),
            unread: None,
        };
        let file = csv(ObjectKind::Users, &report);
        let lines: Vec<_> = file.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[1], "a,'=1+1,,Created,a,7");
        assert_eq!(lines[2], "b,'=1+1,,Not found afterwards,,");
    }
}
