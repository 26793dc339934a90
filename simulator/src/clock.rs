//! The current time as Keycloak, Python and Proofpoint Essentials write it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY_SECONDS: u64 = 24 * 3600;

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX)
}

/// The current time without a zone and with six fractional digits (reference, line 2384).
pub(crate) fn timestamp() -> String {
    format_timestamp(since_1970())
}

fn format_timestamp(since: Duration) -> String {
    let (year, month, day) = date(since.as_secs() / DAY_SECONDS);
    let second = since.as_secs() % DAY_SECONDS;
    let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
    let micros = since.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{micros:06}")
}

/// Year, month and day of the day in so many days from today, in UTC.
pub(crate) fn date_in(days: i64) -> (i32, u8, u8) {
    let today = since_1970().as_secs() / DAY_SECONDS;
    let (year, month, day) = date(today.saturating_add_signed(days));
    let small = |part| u8::try_from(part).unwrap_or(1);
    (i32::try_from(year).unwrap_or(i32::MAX), small(month), small(day))
}

/// The same as a text.
pub(crate) fn day(days: i64, separator: char) -> String {
    let (year, month, day) = date_in(days);
    format!("{year:04}{separator}{month:02}{separator}{day:02}")
}

/// The last midnight in UTC, in seconds since 1970.
pub(crate) fn midnight() -> u64 {
    since_1970().as_secs() / DAY_SECONDS * DAY_SECONDS
}

/// Year, month and day of a day since 1970. It computes in years that begin in March, whose last day is the leap day.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_match_the_samples() {
        for (seconds, micros, expected) in [
            (0, 0, "1970-01-01T00:00:00.000000"),
            (951_782_399, 1, "2000-02-28T23:59:59.000001"),
            (951_782_400, 0, "2000-02-29T00:00:00.000000"),
            (1_768_561_363, 259_928, "2026-01-16T11:02:43.259928"),
            (4_107_542_400, 999_999, "2100-03-01T00:00:00.999999"),
        ] {
            let since = Duration::from_secs(seconds) + Duration::from_micros(micros);
            assert_eq!(format_timestamp(since), expected);
        }
    }
}
