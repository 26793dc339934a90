//! Numbers in sentences, lists in a field, and texts of bounded length.

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
#[must_use]
pub fn shortened(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// The items with this separator between them, as [`split_list`] reads them: one that could be taken for several, or for
/// another, is quoted.
pub(crate) fn join_list(items: &[String], separator: &str) -> String {
    let quoted = |item: &String| {
        if item.trim() == item && !item.contains(['|', ';', ',', '"', '\n']) {
            return item.clone();
        }
        format!("\"{}\"", item.replace('"', "\"\""))
    };
    items.iter().map(quoted).collect::<Vec<_>>().join(separator)
}

/// The items of a list with these separators between them, without the space around each. An item in double quotes can
/// hold separators, and a quote when it is doubled. A quote that is never closed is a character like any other.
pub fn split_list(text: &str, separators: &[char]) -> Vec<String> {
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let (item, after) = match quoted_item(rest, separators) {
            Some((item, after)) => (item, after),
            None => match rest.split_once(separators) {
                Some((item, after)) => (item.trim().to_owned(), Some(after)),
                None => (rest.trim().to_owned(), None),
            },
        };
        if !item.is_empty() {
            items.push(item);
        }
        match after {
            Some(after) => rest = after,
            None => return items,
        }
    }
}

/// The item at the start of this text when it is a quoted one, and what follows its separator.
fn quoted_item<'a>(text: &'a str, separators: &[char]) -> Option<(String, Option<&'a str>)> {
    let inner = text.trim_start_matches(|c: char| c.is_whitespace() && !separators.contains(&c));
    let mut rest = inner.strip_prefix('"')?;
    let mut item = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        item.push_str(before);
        if let Some(doubled) = after.strip_prefix('"') {
            item.push('"');
            rest = doubled;
            continue;
        }
        return match after.split_once(separators) {
            Some((space, next)) if space.trim().is_empty() => Some((item, Some(next))),
            None if after.trim().is_empty() => Some((item, None)),
            // Text follows the quote: this is no quoted item.
            _ => None,
        };
    }
}

/// The items at these places.
pub(crate) fn at<T: Clone>(items: &[T], places: &[usize]) -> Vec<T> {
    places
        .iter()
        .filter_map(|place| items.get(*place).cloned())
        .collect()
}

/// Whether a form returned a value as it was shown: it can have changed the space around it and the line breaks.
pub fn is_same(one: &str, other: &str) -> bool {
    one.trim().replace("\r\n", "\n") == other.trim().replace("\r\n", "\n")
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
    fn an_item_of_a_list_can_be_quoted() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(split_list(text, &[',', ';', '\n']), expected, "{text:?}");
        };
        check("", &[]);
        check(" a, b ;c\r\n\nd,", &["a", "b", "c", "d"]);
        check(r#" "Sales, EMEA" ; b"#, &["Sales, EMEA", "b"]);
        check(r#""a;""b""", c"#, &[r#"a;"b""#, "c"]);
        check(r#"" a ""#, &[" a "]);
        check(r#""a, b"#, &[r#""a"#, "b"]);
        check(r#""a" b, c"#, &[r#""a" b"#, "c"]);
        check("\"a\"\n\"b\"", &["a", "b"]);
        let items = ["a", " b ", "c;d", "e\"f", "Sales, EMEA"].map(str::to_owned);
        assert_eq!(split_list(&join_list(&items, "|"), &['|', ';']), items);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1, ("user", "users")), "1 user");
        assert_eq!(counted(0, ("user", "users")), "0 users");
        assert_eq!(counted(2000, ("user", "users")), "2,000 users");
    }
}
