//! The synchronisation with Azure: its secret, its last run, and whether it runs at all.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use proofpoint::{AzureSettings, DateText};

use super::{Checked, EXPIRY_DAYS, Finding, FindingKind, Severity, Unchecked};
use crate::text::counted;

/// The shortest time without a synchronisation that is a finding.
const MIN_AGE: SignedDuration = SignedDuration::from_hours(24);

/// The hours between two synchronisations where the answer does not say: the longest that can be chosen.
const LONGEST_FREQUENCY: i64 = 24;

/// The days before the end of the secret from which on it is urgent.
const URGENT_DAYS: i64 = 7;

const SECRET: &str = "The end of the secret of the synchronisation with Azure";
const LAST_SYNC: &str = "The last synchronisation with Azure";

/// Days and hours are those of UTC: the time zone is in no document.
pub(super) fn check(settings: &AzureSettings, now: Timestamp) -> Checked {
    let mut checked = Checked::default();
    if settings.is_sync_off() {
        checked.findings.push(Finding {
            value: "0 hours".to_owned(),
            why: "New people get no mailbox here and people who left keep theirs, until an administrator starts the \
                  synchronisation."
                .to_owned(),
            ..Finding::of_organization(
                Severity::Medium,
                FindingKind::SyncOff,
                "The synchronisation with Azure is off",
            )
        });
    }
    match of_secret(settings, now) {
        Ok(found) => checked.findings.extend(found),
        Err(unchecked) => checked.unchecked.push(unchecked),
    }
    // What does not run by itself is not late.
    if !settings.is_sync_off() {
        match of_last_sync(settings, now) {
            Ok(found) => checked.findings.extend(found),
            Err(unchecked) => checked.unchecked.push(unchecked),
        }
    }
    checked
}

fn of_secret(settings: &AzureSettings, now: Timestamp) -> Result<Option<Finding>, Unchecked> {
    let text = said(SECRET, settings.secret_expiry.as_ref())?;
    let left = days_until(text, now).ok_or_else(|| unreadable(SECRET))?;
    if left > EXPIRY_DAYS {
        return Ok(None);
    }
    let severity = if left <= URGENT_DAYS {
        Severity::High
    } else {
        Severity::Medium
    };
    let what = match left {
        ..0 => "The secret of the synchronisation with Azure has ended".to_owned(),
        0 => "The secret of the synchronisation with Azure ends today".to_owned(),
        _ => format!(
            "The secret of the synchronisation with Azure ends in {}",
            days(left)
        ),
    };
    Ok(Some(Finding {
        value: text.to_string(),
        why: "Without a valid secret nothing is synchronised: new people get no mailbox here, and people who left \
              keep theirs. Create another secret in Azure and enter it in the console."
            .to_owned(),
        ..Finding::of_organization(severity, FindingKind::AzureSecret, what)
    }))
}

fn of_last_sync(settings: &AzureSettings, now: Timestamp) -> Result<Option<Finding>, Unchecked> {
    let text = said(LAST_SYNC, settings.last_successful_sync.as_ref())?;
    let last = moment(text).ok_or_else(|| unreadable(LAST_SYNC))?;
    let frequency = settings.sync_frequency.unwrap_or(LONGEST_FREQUENCY);
    let frequency = SignedDuration::from_hours(frequency.clamp(0, LONGEST_FREQUENCY));
    let age = now.duration_since(last);
    if age <= MIN_AGE.max(frequency * 2) {
        return Ok(None);
    }
    let what = match age.as_hours() {
        hours @ ..48 => format!("The last synchronisation was {hours} hours ago"),
        hours => format!("The last synchronisation was {} ago", days(hours / 24)),
    };
    Ok(Some(Finding {
        value: text.to_string(),
        why: "What changed in Azure since has not arrived: new people get no mailbox here, and people who left keep \
              theirs. The console shows why the synchronisation fails."
            .to_owned(),
        ..Finding::of_organization(Severity::High, FindingKind::LastSync, what)
    }))
}

fn said<'a>(what: &str, text: Option<&'a DateText>) -> Result<&'a DateText, Unchecked> {
    text.ok_or_else(|| Unchecked::unsaid(what, "Proofpoint's answer does not have it."))
}

fn unreadable(what: &str) -> Unchecked {
    Unchecked::unsaid(what, "Proofpoint's answer has no date there that can be read.")
}

fn days(days: i64) -> String {
    counted(usize::try_from(days).unwrap_or_default(), ("day", "days"))
}

/// The days from today until this date; negative where it has passed. `None` where the text is no date.
pub(super) fn days_until(text: &DateText, now: Timestamp) -> Option<i64> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let span = today.until(text.date()?).ok()?;
    Some(i64::from(span.get_days()))
}

/// The moment of a text with a time, or the end of its day where it has none.
fn moment(text: &DateText) -> Option<Timestamp> {
    let date = text.date()?;
    let text = text.as_str().trim().trim_end_matches('Z').replace('/', "-");
    let time = text.parse::<DateTime>().map(DateTime::time);
    let has_time = text.len() > "2026-11-30".len();
    let moment = match time {
        Ok(time) if has_time => date.to_datetime(time),
        _ => date.at(23, 59, 59, 0),
    };
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().expect("a moment")
    }

    fn settings(secret: &str, last_sync: &str, frequency: i64) -> AzureSettings {
        AzureSettings {
            secret_expiry: Some(DateText::new(secret)),
            last_successful_sync: Some(DateText::new(last_sync)),
            sync_frequency: Some(frequency),
            ..AzureSettings::default()
        }
    }

    #[track_caller]
    fn check_found(settings: &AzureSettings, expected: &[(Severity, &str)]) {
        let Checked { findings, unchecked } = check(settings, now());
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.severity, finding.what.as_str()))
            .collect();
        assert_eq!(found, expected, "{settings:?}");
        assert_eq!(unchecked, []);
    }

    #[test]
    fn the_secret_is_warned_of_before_its_end() {
        use Severity::{High, Medium};
        let ends = |words: &str| format!("The secret of the synchronisation with Azure {words}");
        let secret = |text: &str| settings(text, "2026-11-30 02:00:00", 24);
        check_found(&secret("2026-12-31"), &[]);
        check_found(&secret("2026-12-30"), &[(Medium, &ends("ends in 30 days"))]);
        check_found(&secret("2026/12/07 00:00:00"), &[(High, &ends("ends in 7 days"))]);
        check_found(&secret("2026-12-01"), &[(High, &ends("ends in 1 day"))]);
        check_found(&secret("2026-11-30"), &[(High, &ends("ends today"))]);
        check_found(&secret("2026-11-29"), &[(High, &ends("has ended"))]);
        check_found(&secret("2020-01-01"), &[(High, &ends("has ended"))]);
    }

    #[test]
    fn a_synchronisation_is_late_after_twice_its_frequency_and_a_day() {
        use Severity::{High, Medium};
        let late = |words: &str| format!("The last synchronisation was {words} ago");
        let last = |text: &str, frequency| settings("2030-01-01", text, frequency);
        check_found(&last("2026-11-29 12:00:00", 1), &[]);
        check_found(&last("2026-11-29 11:59:59", 1), &[(High, &late("24 hours"))]);
        check_found(&last("2026-11-29T11:00:00Z", 6), &[(High, &late("25 hours"))]);
        check_found(&last("2026/11/29 11:00:00", 6), &[(High, &late("25 hours"))]);
        check_found(&last("2026-11-28 12:00:00", 24), &[]);
        check_found(&last("2026-11-28 11:59:59", 24), &[(High, &late("2 days"))]);
        // A date alone stands for the end of its day.
        check_found(&last("2026-11-29", 1), &[]);
        check_found(&last("2026-11-28", 1), &[(High, &late("36 hours"))]);
        check_found(&last("2026-12-24 00:00:00", 1), &[]);
        check_found(
            &last("2020-01-01 00:00:00", 0),
            &[(Medium, "The synchronisation with Azure is off")],
        );
    }

    #[test]
    fn what_the_answer_does_not_say_is_not_checked() {
        let unsaid = check(&AzureSettings::default(), now());
        assert_eq!((unsaid.findings.len(), unsaid.unchecked.len()), (0, 2));
        let unreadable = check(&settings("soon", "yesterday", 24), now());
        assert_eq!((unreadable.findings.len(), unreadable.unchecked.len()), (0, 2));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(secret in "\\PC{0,24}", last in "\\PC{0,24}", frequency in any::<i64>()) {
            let _ = check(&settings(&secret, &last, frequency), now());
        }

        #[test]
        fn a_secret_that_ends_sooner_is_never_less_grave(left in -400_i64..400) {
            let today = now().to_zoned(TimeZone::UTC).date();
            let severity = |left: i64| {
                let date = today + jiff::Span::new().days(left);
                let found = of_secret(&settings(&date.to_string(), "", 24), now()).expect("a date");
                found.map(|finding| finding.severity)
            };
            let (sooner, later) = (severity(left - 1), severity(left));
            prop_assert!(later.is_none() || (sooner.is_some() && sooner <= later));
        }
    }
}
