//! `/proofpoint/findings`: what deserves attention in an organisation, why, and where to mend it.

use std::sync::Arc;

use gate::{Action, GateError, Permission, Target, proofpoint_permissions as known};
use leptos::prelude::*;
use operations::mail::findings::{
    Area, Finding, FindingKind, FindingsReport, Remedy, Severity, Subject, Unchecked,
};
use proofpoint::DomainName;

use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    links,
    ui::{
        Badge, Caution, Column, EmptyState, List, ListPage, ListState, Page, Section, TextField, Tone,
        grouped,
    },
};

/// The page.
const FINDINGS: &str = "/proofpoint/findings";

/// The parameter that names the organisation.
const DOMAIN: &str = "domain";

/// How many names of a finding a row shows. The file has all of them.
const NAMES: usize = 3;

/// A row of a list or a file. A finding can name thousands of people, so a row says where it is in the report.
#[derive(Clone)]
struct Row {
    report: Arc<FindingsReport>,
    place: Place,
}

/// Where the content of a row is.
#[derive(Clone, Copy)]
enum Place {
    /// A finding.
    Finding(usize),
    /// One of the places where a finding was found.
    Subject { finding: usize, subject: usize },
    /// What was not checked.
    Unchecked(usize),
}

impl Row {
    fn finding(&self) -> Option<&Finding> {
        match self.place {
            Place::Finding(at) | Place::Subject { finding: at, .. } => self.report.findings.get(at),
            Place::Unchecked(_) => None,
        }
    }

    fn unchecked(&self) -> Option<&Unchecked> {
        match self.place {
            Place::Unchecked(at) => self.report.unchecked.get(at),
            Place::Finding(_) | Place::Subject { .. } => None,
        }
    }

    /// Where it was found.
    fn subjects(&self) -> &[Subject] {
        let all = self.finding().map_or(&[][..], |finding| &finding.subjects);
        match self.place {
            Place::Subject { subject, .. } => all.get(subject).map_or(&[][..], std::slice::from_ref),
            Place::Finding(_) | Place::Unchecked(_) => all,
        }
    }

    fn severity(&self) -> (Tone, &'static str) {
        match self.finding().map(|finding| finding.severity) {
            Some(severity) => (tone(severity), severity.label()),
            None => (Tone::Neutral, "Not checked"),
        }
    }

    fn what(&self) -> &str {
        let finding = self.finding().map(|finding| &finding.what);
        let what = finding.or(self.unchecked().map(|unchecked| &unchecked.what));
        what.map_or("", String::as_str)
    }

    fn why(&self) -> &str {
        let finding = self.finding().map(|finding| &finding.why);
        let why = finding.or(self.unchecked().map(|unchecked| &unchecked.why));
        why.map_or("", String::as_str)
    }

    fn kind(&self) -> &'static str {
        self.finding().map_or("", |finding| finding.kind.label())
    }

    fn value(&self) -> &str {
        self.finding().map_or("", |finding| &finding.value)
    }

    /// The name of each place where it was found.
    fn names(&self) -> Vec<&str> {
        self.subjects().iter().map(|subject| self.name(subject)).collect()
    }

    fn name<'a>(&'a self, subject: &'a Subject) -> &'a str {
        match subject {
            Subject::Organization => self.report.domain.as_str(),
            Subject::MailUser(email) => email.as_str(),
            Subject::ClusterUser { name, .. } | Subject::Provider(name) => name,
        }
    }

    fn href(&self, subject: &Subject) -> Option<String> {
        let domain = &self.report.domain;
        match subject {
            Subject::Organization => Some(links::mail_organization(domain)),
            Subject::MailUser(email) => Some(links::mail_user(domain, email)),
            Subject::ClusterUser { id, .. } => Some(links::user(id)),
            Subject::Provider(_) => None,
        }
    }

    /// The words and the address of the place where it is mended.
    fn remedy(&self) -> Option<(&'static str, Option<String>)> {
        let FindingsReport {
            domain, instance, id, ..
        } = &*self.report;
        Some(match &self.finding()?.remedy {
            Remedy::Senders => (
                "The organisation's sender lists",
                Some(links::mail_senders(domain)),
            ),
            Remedy::User(email) => ("The user's page", Some(links::mail_user(domain, email))),
            Remedy::Users => ("The list of users", Some(links::mail_users(domain))),
            Remedy::Licensing => ("Seats and package", Some(links::mail_licensing(domain))),
            Remedy::Console => {
                let console = instance
                    .as_ref()
                    .and_then(|instance| links::proofpoint_console(instance, id));
                ("Proofpoint's console", console)
            }
        })
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warning,
        Severity::Low => Tone::Info,
    }
}

fn link(name: &str, href: Option<String>) -> AnyView {
    let name = name.to_owned();
    match href {
        Some(href) => view! { <a href=href><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

/// The first places with links, and the number of the others.
fn places(row: &Row) -> AnyView {
    let subjects = row.subjects();
    let links = subjects.iter().take(NAMES).enumerate().map(|(at, subject)| {
        let separator = (at > 0).then_some(", ");
        view! { {separator}{link(row.name(subject), row.href(subject))} }
    });
    let others = subjects.len().saturating_sub(NAMES) as u64;
    let others = (others > 0).then(|| format!(" and {} more", grouped(others)));
    view! { {links.collect_view()}{others} }.into_any()
}

fn list(asked: Option<&DomainName>) -> List<Row> {
    let columns = vec![
        Column::text("what", "Finding", Row::what).wraps(),
        Column::computed("severity", "Severity", |row: &Row| row.severity().1.to_owned())
            .cell(|row| {
                let (tone, text) = row.severity();
                view! { <Badge tone text/> }.into_any()
            })
            // Their order is the list's own: that of the words would say nothing.
            .unsorted(),
        Column::computed("kind", "Kind", |row: &Row| row.kind().to_owned()),
        Column::text("value", "Entry or value", Row::value).cell(|row| match row.value().to_owned() {
            value if value.is_empty() => "—".into_any(),
            value => view! { <code>{value}</code> }.into_any(),
        }),
        Column::computed("where", "Where", |row: &Row| row.names().join("; "))
            .cell(places)
            .wraps(),
        Column::text("why", "Why it matters", Row::why).wraps(),
        Column::computed("mend", "Where to mend it", |row: &Row| {
            row.remedy()
                .map(|(words, _)| words.to_owned())
                .unwrap_or_default()
        })
        .cell(|row| match row.remedy() {
            Some((words, href)) => link(words, href),
            None => "—".into_any(),
        }),
    ];
    let severities = Severity::ALL.map(|severity| (severity.name(), severity.label()));
    let kinds = FindingKind::ALL.iter().map(|kind| (kind.name(), kind.label()));
    let list = List::new(FINDINGS, ("finding", "findings"), columns)
        .filter("severity", "Severity", severities, |row: &Row, name| {
            row.finding()
                .is_some_and(|finding| finding.severity.name() == name)
        })
        .filter("kind", "Kind", kinds, |row: &Row, name| {
            row.finding().is_some_and(|finding| finding.kind.name() == name)
        })
        .exported();
    match asked {
        Some(domain) => list.about(DOMAIN, domain.as_str()),
        None => list,
    }
}

fn rows(report: &Arc<FindingsReport>, places: impl Iterator<Item = Place>) -> Vec<Row> {
    let row = |place| Row {
        report: Arc::clone(report),
        place,
    };
    places.map(row).collect()
}

fn findings(report: &Arc<FindingsReport>) -> Vec<Row> {
    rows(report, (0..report.findings.len()).map(Place::Finding))
}

/// The domain that the address names; `None` where it names none.
fn asked(context: &RequestContext) -> Result<Option<DomainName>, PortalError> {
    let text = context.query_value(DOMAIN).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|problem| {
        PortalError::new(ErrorKind::NotFound, "There is no such organisation.")
            .with_detail(format!("The domain {problem}."))
    })
}

/// The findings of the organisation that the address names, or of the account's own; `None` where neither is known.
async fn load(
    context: &RequestContext,
    asked: Option<&DomainName>,
) -> Result<Option<Arc<FindingsReport>>, PortalError> {
    let operation = context.begin(Action::ListMailFindings, Target::portal()).await?;
    let account = operation.principal().proofpoint.as_ref();
    let account = operation.in_context(account.ok_or(GateError::NotConnected))?;
    let own = DomainName::from(account.domain.clone());
    let domain = asked.cloned().unwrap_or(own);
    if domain.is_empty() {
        return Ok(None);
    }
    let refresh = context.query_value("fresh").is_some();
    let services = &context.services;
    let report = services
        .mail_findings
        .report(services, &operation, &domain, refresh)
        .await?;
    Ok(Some(report))
}

/// `/proofpoint/findings`
pub async fn page(context: RequestContext) -> PageResult {
    let asked = asked(&context)?;
    let report = load(&context, asked.as_ref()).await?;
    let form = domain_form(&context, asked.as_ref());
    let page = match report {
        None => {
            let hint = "Proofpoint does not say which organisation the account belongs to. Enter one of its domains.";
            Page::new(
                "Findings",
                view! { {form}<EmptyState title="Which organisation?" hint/> },
            )
        }
        Some(report) => {
            let lead = match report.name.as_str() {
                "" => format!(
                    "What deserves attention in {}, and where to mend it.",
                    report.domain
                ),
                name => format!(
                    "What deserves attention in {name} ({}), and where to mend it.",
                    report.domain
                ),
            };
            let list = list(asked.as_ref());
            let state = list.state(&context.query);
            Page::new("Findings", view! { {form}{content(list, &state, &report)} }).lead(lead)
        }
    };
    Ok(page.crumb("Proofpoint", "/proofpoint"))
}

/// All findings that match the address's search as CSV, a row for each place; what was not checked follows them,
/// whatever is searched for.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let asked = asked(&context)?;
    let list = list(asked.as_ref());
    let state = list.state(&context.query);
    let Some(report) = load(&context, asked.as_ref()).await? else {
        return Ok(list.csv(&[], &state));
    };
    let matching = list.matching(findings(&report), &state);
    let mut lines: Vec<Row> = matching.iter().flat_map(each_subject).collect();
    let unchecked = (0..report.unchecked.len()).map(Place::Unchecked);
    lines.extend(rows(&report, unchecked));
    Ok(list.csv(&lines, &state))
}

/// A row for each place where something was found.
fn each_subject(row: &Row) -> Vec<Row> {
    let Place::Finding(finding) = row.place else {
        return vec![row.clone()];
    };
    let subjects = 0..row.subjects().len();
    rows(
        &row.report,
        subjects.map(|subject| Place::Subject { finding, subject }),
    )
}

/// For an account that sees other organisations besides its own.
fn domain_form(context: &RequestContext, asked: Option<&DomainName>) -> Option<AnyView> {
    let permissions = context
        .principal
        .as_ref()
        .map(|principal| &principal.permissions)?;
    if permissions.lacks(Permission::proofpoint(known::CHILDREN)) {
        return None;
    }
    let value = asked.map(ToString::to_string).unwrap_or_default();
    let form = view! {
        <form class="form compare" method="get" action=FINDINGS>
            <TextField name=DOMAIN label="Domain of the organisation" maxlength=253 value/>
            <button type="submit" class="button">"Check"</button>
        </form>
    };
    Some(form.into_any())
}

fn content(list: List<Row>, state: &ListState, report: &Arc<FindingsReport>) -> AnyView {
    let list = list.empty(nothing(report));
    let page = ListPage {
        as_of_millis: Some(report.as_of.as_millisecond()),
        ..list.page(findings(report), state)
    };
    let cautions = report.unchecked.iter().map(|unchecked| {
        let title = format!("Not checked: {}.", unchecked.what);
        view! { <Caution title detail=unchecked.why.clone()/> }
    });
    let checked = report.checked.iter();
    let checked = checked
        .map(|area| view! { <li>{area.in_words()}</li> })
        .collect_view();
    view! {
        {summary(state, report)}
        {cautions.collect_view()}
        {list.view(state, &page)}
        <Section title="What was checked">
            <ul class="remarks">{checked}</ul>
        </Section>
    }
    .into_any()
}

/// The number of findings of each severity, with a link to them.
fn summary(state: &ListState, report: &FindingsReport) -> AnyView {
    let links = Severity::ALL.map(|severity| {
        let is_current = state.filters.get("severity").map(String::as_str) == Some(severity.name());
        let current = is_current.then_some("true");
        let href = state
            .without_search()
            .with_filter("severity", severity.name())
            .href(FINDINGS);
        let words = format!("{}: {}", severity.label(), grouped(report.count(severity) as u64));
        view! { <li><a class="button" href=href aria-current=current>{words}</a></li> }
    });
    view! {
        <nav aria-label="Severity">
            <ul class="questions">{links.to_vec()}</ul>
        </nav>
    }
    .into_any()
}

/// In the place of the rows where there are none: what that is true of.
fn nothing(report: &FindingsReport) -> AnyView {
    let title = if report.unchecked.is_empty() {
        "No findings"
    } else {
        "No findings in what was checked"
    };
    let words: Vec<_> = report.checked.iter().copied().map(Area::in_words).collect();
    let hint = format!("Checked: {}.", words.join("; "));
    view! { <EmptyState title hint/> }.into_any()
}
