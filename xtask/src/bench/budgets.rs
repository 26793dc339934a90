//! What is measured, by the ids that the scripts use, and what it may come to at most.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Bytes,
    Count,
    Megabytes,
    Milliseconds,
    Times,
}

impl Unit {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Count => "count",
            Self::Megabytes => "MB",
            Self::Milliseconds => "ms",
            Self::Times => "times",
        }
    }

    /// The figure as a person reads it.
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Bytes => format!("{} bytes", grouped(value)),
            Self::Count => format!("{value:.0}"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::Milliseconds if value.abs() < 10.0 => format!("{value:.2} ms"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Times => format!("{value:.2} times"),
        }
    }
}

/// `1234567` as `1,234,567`.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let places = digits.len();
    let mut text = String::with_capacity(places + places / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (places - at) % 3 == 0 && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub struct Budget {
    pub id: &'static str,
    pub what: &'static str,
    pub unit: Unit,
    /// Nothing where the figure only explains another one.
    pub at_most: Option<f64>,
}

const fn budget(id: &'static str, what: &'static str, unit: Unit, at_most: f64) -> Budget {
    Budget {
        id,
        what,
        unit,
        at_most: Some(at_most),
    }
}

const fn informative(id: &'static str, what: &'static str, unit: Unit) -> Budget {
    Budget {
        id,
        what,
        unit,
        at_most: None,
    }
}

/// Every figure, in the order of the table.
#[rustfmt::skip] // a row stays a row
pub const BUDGETS: [Budget; 40] = [
    budget("first-visit-bytes", "first visit of /users: script, WASM and style", Unit::Bytes, 200_000.0),
    budget("first-visit-requests", "first visit of /users: requests", Unit::Count, 12.0),
    budget("first-paint", "first contentful paint of /users", Unit::Milliseconds, 150.0),
    budget("first-paint-slowed", "the same, processor slowed four times", Unit::Milliseconds, 300.0),
    informative("first-paint-floor", "first contentful paint of a line of text", Unit::Milliseconds),
    informative("first-paint-floor-slowed", "the same, processor slowed four times", Unit::Milliseconds),
    informative("first-paint-new-process", "first contentful paint of /users in a new browser process", Unit::Milliseconds),
    budget("added-median", "added to a call at 200/s, median", Unit::Milliseconds, 1.0),
    budget("added-p99", "added to a call at 200/s, 99th percentile", Unit::Milliseconds, 5.0),
    informative("added-ratio", "through the portal to directly, median", Unit::Times),
    budget("added-large-median", "added with 100,000 users indexed, median", Unit::Milliseconds, 1.0),
    budget("added-large-p99", "added with 100,000 users indexed, 99th percentile", Unit::Milliseconds, 5.0),
    informative("added-large-ratio", "through the portal to directly, median", Unit::Times),
    // 10,000 users and the demo accounts, in pages of a thousand.
    budget("calls-cold", "upstream calls of /users, cold", Unit::Count, 11.0),
    budget("calls-warm", "upstream calls of /users, warm", Unit::Count, 2.0),
    informative("search-median", "search among 100,000 users, median", Unit::Milliseconds),
    budget("search-p99", "search among 100,000 users, 99th percentile", Unit::Milliseconds, 20.0),
    informative("search-slowest", "search among 100,000 users, slowest", Unit::Milliseconds),
    budget("search-after-look-p99", "the same after a look at a user, 99th percentile", Unit::Milliseconds, 20.0),
    budget("index-memory", "memory of the index of 100,000 users", Unit::Megabytes, 60.0),
    informative("index-memory-renewed", "memory after sorting, and renewing it three times", Unit::Megabytes),
    informative("mail-search-median", "search among 50,000 users at Proofpoint, median", Unit::Milliseconds),
    budget("mail-search-p99", "search among 50,000 users at Proofpoint, 99th percentile", Unit::Milliseconds, 20.0),
    informative("mail-search-slowest", "search among 50,000 users at Proofpoint, slowest", Unit::Milliseconds),
    informative("mail-search-cluster-p99", "the same among 50,000 users of the cluster, 99th percentile", Unit::Milliseconds),
    informative("mail-search-ratio", "the one to the other", Unit::Times),
    // Where the organisation is, and all its users, whom Proofpoint gives in one answer.
    budget("mail-calls-cold", "calls of the list to Proofpoint, cold", Unit::Count, 2.0),
    budget("mail-calls-warm", "calls of the list to Proofpoint, warm", Unit::Count, 2.0),
    budget("list-processor", "processor time of /users", Unit::Milliseconds, 0.15),
    informative("list-compressed-processor", "the same compressed for a browser", Unit::Milliseconds),
    budget("user-processor", "processor time of /users/{id}", Unit::Milliseconds, 0.25),
    informative("user-compressed-processor", "the same compressed for a browser", Unit::Milliseconds),
    // 2,000 rules, 300 data elements, 60 roles, 40 data stores.
    budget("rule-grid-processor", "rules of a large policy, processor time", Unit::Milliseconds, 100.0),
    budget("rule-grid-all-processor", "the same with the pairs without a rule", Unit::Milliseconds, 100.0),
    informative("rule-grid-bytes", "rules of a large policy, size of the page", Unit::Bytes),
    budget("review-processor", "review of its deployment to every data store, processor time", Unit::Milliseconds, 100.0),
    informative("review-bytes", "review of its deployment to every data store, size of the page", Unit::Bytes),
    budget("idle-memory", "memory of the idle portal", Unit::Megabytes, 40.0),
    budget("session-memory", "memory of a session", Unit::Bytes, 8_000.0),
    informative("start", "from `postern serve` to its first answer", Unit::Milliseconds),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_a_person_says_them() {
        for (unit, value, expected) in [
            (Unit::Bytes, 197_512.0, "197,512 bytes"),
            (Unit::Bytes, 512.0, "512 bytes"),
            (Unit::Bytes, -1_234.4, "-1,234 bytes"),
            (Unit::Bytes, -123.0, "-123 bytes"),
            (Unit::Count, 11.0, "11"),
            (Unit::Megabytes, 38.44, "38.4 MB"),
            (Unit::Milliseconds, 0.734, "0.73 ms"),
            (Unit::Milliseconds, 148.6, "149 ms"),
            (Unit::Times, 2.25, "2.25 times"),
        ] {
            assert_eq!(unit.shown(value), expected);
        }
    }
}
