//! Times as text: the civil calendar in UTC, without a clock, a locale or a time zone database.

const MILLIS_A_DAY: i64 = 86_400_000;

/// Year, month and day of a number of days since 1970-01-01 (Hinnant's `civil_from_days`: the year
/// begins in March, so that the leap day is its last).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// For people: `2026-11-22 05:01 UTC`.
#[must_use]
pub fn readable(millis: i64) -> String {
    let (year, month, day) = civil(millis.div_euclid(MILLIS_A_DAY));
    let minutes = millis.rem_euclid(MILLIS_A_DAY) / 60_000;
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02} UTC",
        minutes / 60,
        minutes % 60
    )
}

/// For `<time datetime>`: `2026-11-22T05:01:09Z`.
#[must_use]
pub fn machine(millis: i64) -> String {
    let (year, month, day) = civil(millis.div_euclid(MILLIS_A_DAY));
    let seconds = millis.rem_euclid(MILLIS_A_DAY) / 1_000;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The distance from now: `3 hours ago`, `in 2 days`, `just now`.
#[must_use]
pub fn relative(millis: i64, now: i64) -> String {
    let minutes = now.saturating_sub(millis) / 60_000;
    let (count, unit) = match minutes.unsigned_abs() {
        0 => return "just now".to_owned(),
        n @ 1..=59 => (n, "minute"),
        n @ 60..=1_439 => (n / 60, "hour"),
        n @ 1_440..=89_279 => (n / 1_440, "day"),
        n @ 89_280..=1_051_199 => (n / 43_800, "month"),
        n => (n / 525_600, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if minutes > 0 {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("in {count} {unit}{plural}")
    }
}

/// The time until a deadline: `29 min left`, `1 h 5 min left`, `less than a minute left`, `ended`.
#[must_use]
pub fn remaining(millis: i64) -> String {
    match millis / 60_000 {
        _ if millis <= 0 => "ended".to_owned(),
        0 => "less than a minute left".to_owned(),
        n @ 1..=59 => format!("{n} min left"),
        n => format!("{} h {} min left", n / 60, n % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_civil_calendar() {
        let check = |millis, expected: &str| assert_eq!(readable(millis), expected);
        check(0, "1970-01-01 00:00 UTC");
        check(-1, "1969-12-31 23:59 UTC");
        check(951_782_400_000, "2000-02-29 00:00 UTC");
        check(1_772_323_199_999, "2026-02-28 23:59 UTC");
        check(1_795_323_660_000, "2026-11-22 05:01 UTC");
        check(4_107_542_400_000, "2100-03-01 00:00 UTC");
        assert_eq!(machine(1_795_323_669_999), "2026-11-22T05:01:09Z");
        assert!(readable(i64::MAX).ends_with("UTC"));
        assert!(readable(i64::MIN).ends_with("UTC"));
    }

    #[test]
    fn a_distance_has_one_unit() {
        let check = |millis, expected: &str| assert_eq!(relative(millis, 1_000_000_000_000), expected);
        check(1_000_000_000_000, "just now");
        check(999_999_940_000, "1 minute ago");
        check(999_989_200_000, "3 hours ago");
        check(1_000_172_800_000, "in 2 days");
        check(i64::MIN, "292471208 years ago");
    }

    #[test]
    fn remaining_time_is_in_minutes() {
        let check = |millis, expected: &str| assert_eq!(remaining(millis), expected);
        check(-5, "ended");
        check(59_999, "less than a minute left");
        check(29 * 60_000, "29 min left");
        check(65 * 60_000, "1 h 5 min left");
    }
}
