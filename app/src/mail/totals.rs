//! How much mail an organisation had: a small chart, and the table behind it.

use leptos::prelude::*;
use operations::Error;
use proofpoint::{Direction, MailCategory, MailCounts, Report, ReportPeriod};

use super::{failed_part, number};
use crate::ui::Table;

/// The width of a bar, in the units of the drawing.
const WIDTH: u64 = 1000;

/// The kinds of a bar with their class and words.
const SHARES: [(Share, &str, &str); 4] = [
    (Share::Delivered, "mail-delivered", "Delivered"),
    (Share::Spam, "mail-spam", "Spam"),
    (Share::Threat, "mail-threat", "Virus or fraud"),
    (Share::Other, "mail-other", "Other"),
];

/// What the chart puts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Delivered,
    Spam,
    Threat,
    Other,
}

impl Share {
    fn of(category: &MailCategory) -> Self {
        match category {
            MailCategory::Clean | MailCategory::SafeList => Self::Delivered,
            MailCategory::Spam => Self::Spam,
            MailCategory::Virus | MailCategory::Fraud => Self::Threat,
            _ => Self::Other,
        }
    }
}

fn period_name(period: ReportPeriod) -> &'static str {
    match period {
        ReportPeriod::Day => "Last day",
        ReportPeriod::Week => "Last 7 days",
        ReportPeriod::Month => "Last 30 days",
    }
}

fn category_name(category: &MailCategory) -> String {
    match category {
        MailCategory::Clean => "Clean".to_owned(),
        MailCategory::Spam => "Spam".to_owned(),
        MailCategory::Virus => "Virus".to_owned(),
        MailCategory::Fraud => "Fraud".to_owned(),
        MailCategory::AttachmentDefended => "Attachment examined".to_owned(),
        MailCategory::ImageBlocked => "Kept out for its images".to_owned(),
        MailCategory::SafeList => "Let in by a list".to_owned(),
        MailCategory::BlockList => "Kept out by a list".to_owned(),
        MailCategory::Other(word) => word.clone(),
    }
}

/// The chart and the table. A period whose report failed says so below them.
pub(super) fn totals(reports: Vec<(ReportPeriod, Result<Report, Error>)>, page: &str) -> AnyView {
    let mut read = Vec::new();
    let mut failures = Vec::new();
    for (period, report) in reports {
        match report {
            Ok(report) => read.push((period, report)),
            // One notice for all: they fail together, as a rule.
            Err(error) if failures.is_empty() => failures.push(failed_part(error, page)),
            Err(_) => {}
        }
    }
    let shown = (!read.is_empty()).then(|| {
        let (chart, table) = (chart(&read), table(&read));
        view! { {chart}{table} }
    });
    view! { {shown}{failures} }.into_any()
}

fn of_direction(report: &Report, direction: Direction) -> Option<&MailCounts> {
    match direction {
        Direction::Inbound => report.inbound.as_ref(),
        Direction::Outbound => report.outbound.as_ref(),
    }
}

/// The parts of a bar: where each begins and how wide it is.
fn bar(counts: &MailCounts) -> Vec<(&'static str, u64, u64)> {
    let sum = |share: Share| {
        let of_share = counts.iter().filter(|(category, _)| Share::of(category) == share);
        let totals = of_share.filter_map(|(_, count)| u64::try_from(count.total?).ok());
        totals.fold(0_u64, u64::saturating_add)
    };
    let sums = SHARES.map(|(share, class, _)| (class, sum(share)));
    let whole: u128 = sums.iter().map(|(_, sum)| u128::from(*sum)).sum();
    if whole == 0 {
        return Vec::new();
    }
    let mut before: u128 = 0;
    let place = |sum: u128| u64::try_from(sum * u128::from(WIDTH) / whole).unwrap_or(WIDTH);
    let mut parts = Vec::new();
    for (class, sum) in sums {
        let (start, end) = (place(before), place(before + u128::from(sum)));
        before += u128::from(sum);
        parts.push((class, start, end - start));
    }
    parts
}

/// The share of each kind of incoming mail by period. It is hidden from assistive technology, which has the table.
fn chart(reports: &[(ReportPeriod, Report)]) -> AnyView {
    let bars = reports.iter().map(|(period, report)| {
        let parts = report.inbound.as_ref().map(bar).unwrap_or_default();
        let parts = parts.into_iter().map(|(class, start, width)| {
            view! { <rect class=class x=start.to_string() y="0" width=width.to_string() height="16"></rect> }
        });
        view! {
            <div class="mail-bar">
                <span>{period_name(*period)}</span>
                <svg focusable="false" viewBox=format!("0 0 {WIDTH} 16") preserveAspectRatio="none">
                    {parts.collect_view()}
                </svg>
            </div>
        }
    });
    let keys = SHARES.iter().map(|(_, class, words)| {
        view! {
            <span class="mail-key">
                <svg focusable="false" viewBox="0 0 10 10"><rect class=*class width="10" height="10"></rect></svg>
                {*words}
            </span>
        }
    });
    view! {
        <div class="mail-chart" aria-hidden="true">
            <p class="muted">"What became of incoming mail, in shares"</p>
            {bars.collect_view()}
            <p class="mail-keys">{keys.collect_view()}</p>
        </div>
    }
    .into_any()
}

/// Every count, by kind and period.
fn table(reports: &[(ReportPeriod, Report)]) -> AnyView {
    let directions = [
        (Direction::Inbound, "Incoming"),
        (Direction::Outbound, "Outgoing"),
    ];
    let mut rows = Vec::new();
    for (direction, words) in directions {
        for category in categories(reports, direction) {
            let counts = ReportPeriod::ALL.map(|period| {
                let report = reports.iter().find(|(of, _)| *of == period);
                let count =
                    report.and_then(|(_, report)| of_direction(report, direction)?.get(&category)?.total);
                let count = number(count);
                let count = if count.is_empty() { "—".to_owned() } else { count };
                view! { <td class="num">{count}</td> }
            });
            rows.push(view! {
                <tr>
                    <th scope="row"><bdi>{category_name(&category)}</bdi></th>
                    <td>{words}</td>
                    {counts.into_iter().collect_view()}
                </tr>
            });
        }
    }
    view! {
        <Table label="Mail by kind and period" columns=&["Kind", "Direction", "Last day", "Last 7 days", "Last 30 days"]>
            {rows}
        </Table>
    }
    .into_any()
}

/// The kinds that any period has: the known ones first, in their order.
fn categories(reports: &[(ReportPeriod, Report)], direction: Direction) -> Vec<MailCategory> {
    let counts = reports
        .iter()
        .filter_map(|(_, report)| of_direction(report, direction));
    let mut found: Vec<_> = counts
        .flat_map(|counts| counts.iter().map(|(category, _)| category.clone()))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn counts(clean: i64, spam: i64, virus: i64, odd: i64) -> MailCounts {
        serde_json::from_value(json!({
            "clean_total": clean, "spam_total": spam, "virus_total": virus, "odd_total": odd,
        }))
        .expect("counts")
    }

    #[test]
    fn a_bar_has_a_part_for_each_share() {
        let parts = bar(&counts(50, 25, 25, 0));
        assert_eq!(
            parts,
            [
                ("mail-delivered", 0, 500),
                ("mail-spam", 500, 250),
                ("mail-threat", 750, 250),
                ("mail-other", 1000, 0),
            ]
        );
        assert_eq!(bar(&counts(0, 0, 0, 0)), []);
    }

    proptest! {
        /// Whatever the numbers, the parts lie one after the other and fill the bar.
        #[test]
        fn the_parts_fill_the_bar(clean: i64, spam: i64, virus: i64, odd: i64) {
            let parts = bar(&counts(clean, spam, virus, odd));
            let mut end = 0;
            for (_, start, width) in &parts {
                prop_assert_eq!(*start, end);
                end += width;
            }
            prop_assert!(parts.is_empty() || end == WIDTH);
        }
    }
}
