//! Numbers in sentences, and texts of bounded length.

/// So many of something: "1 user", "1,204 users".
#[must_use]
pub fn counted(count: usize, noun: (&str, &str)) -> String {
    let (one, many) = noun;
    format!(
        "{} {}",
        grouped(count as u64),
        if count == 1 { one } else { many }
    )
}

/// A number with a comma between the thousands: `10,042`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text of at most so many characters, with an ellipsis in the place of the rest.
pub(crate) fn shortened(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// The items at these places.
pub(crate) fn at<T: Clone>(items: &[T], places: &[usize]) -> Vec<T> {
    places
        .iter()
        .filter_map(|place| items.get(*place).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let check = |number, expected: &str| assert_eq!(grouped(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(10_042, "10,042");
        check(u64::MAX, "18,446,744,073,709,551,615");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let check = |text: &str, expected: &str| assert_eq!(shortened(text.to_owned(), 3), expected);
        check("", "");
        check("üüü", "üüü");
        check("üüüü", "üüü…");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1, ("user", "users")), "1 user");
        assert_eq!(counted(0, ("user", "users")), "0 users");
        assert_eq!(counted(2000, ("user", "users")), "2,000 users");
    }
}
