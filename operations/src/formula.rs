//! Cells of a CSV file that a spreadsheet would take for formulas.

use crate::characters::invisible;

/// The signs with which a formula begins, in the widths and forms that a spreadsheet can take for them.
const SIGNS: [char; 13] = [
    '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−',
];

/// What separates cells: another program can split a cell at any of these, in some locales or when it overlooks quotes.
const CELL_BREAKS: [char; 5] = [';', '\t', '\n', '\r', '\u{b}'];

/// The mark that makes text of what follows.
const MARK: char = '\'';

/// The cell with an apostrophe wherever a spreadsheet would take what follows for a formula: at the start, and after a
/// semicolon, tab or line break (OWASP, "CSV Injection"). Spaces of any kind and characters that cannot be seen do not
/// count before the sign.
pub fn escape(cell: &str) -> String {
    let mut escaped = String::with_capacity(cell.len() + 1);
    if cell.starts_with(['\t', '\r', '\n']) {
        escaped.push(MARK);
    }
    for part in cell.split_inclusive(CELL_BREAKS) {
        if is_formula(part) {
            escaped.push(MARK);
        }
        escaped.push_str(part);
    }
    escaped
}

/// The cell without the apostrophes of [`escape`]. One that stands before something else stays: `'t Hooft` is a name.
pub fn unescape(cell: &str) -> String {
    let mut plain = String::with_capacity(cell.len());
    let mut rest = cell;
    if let Some(after) = rest.strip_prefix(MARK)
        && after.starts_with(['\t', '\r', '\n'])
    {
        rest = after;
    }
    for part in rest.split_inclusive(CELL_BREAKS) {
        match part.strip_prefix(MARK) {
            Some(after) if is_formula(after) => plain.push_str(after),
            _ => plain.push_str(part),
        }
    }
    plain
}

/// Whether the first character that can be seen begins a formula.
fn is_formula(part: &str) -> bool {
    let is_nothing = |c: char| c.is_whitespace() || invisible(c.encode_utf8(&mut [0; 4])).is_some();
    part.trim_start_matches(is_nothing).starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_marked_wherever_a_cell_can_begin() {
        let check = |cell: &str, expected: &str| {
            assert_eq!(escape(cell), expected, "{cell:?}");
            assert_eq!(unescape(expected), cell, "{expected:?}");
        };
        check("a - b", "a - b");
        check("ana@example.com", "ana@example.com");
        for sign in SIGNS {
            check(&format!("{sign}1"), &format!("'{sign}1"));
        }
        for space in [
            " ", "\u{a0}", "\u{2003}", "\u{202f}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{2800}", "\u{ad}",
        ] {
            check(&format!("{space}=1"), &format!("'{space}=1"));
            check(&format!("a;{space}=1"), &format!("a;'{space}=1"));
        }
        check("a;=1", "a;'=1");
        check("a\t @x", "a\t' @x");
        check("a\n=1", "a\n'=1");
        check("a\r\n+1", "a\r\n'+1");
        check("a\u{b}-1", "a\u{b}'-1");
        check("\r\n", "'\r\n");
        check("\t=1", "'\t'=1");
    }

    #[test]
    fn an_apostrophe_of_a_name_stays() {
        for name in ["'t Hooft", "O'Brien", "'", "''", "a;'b"] {
            assert_eq!(unescape(name), name);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula(cell in "[=+@;\t\n\r '\u{a0}\u{200b}a-]{0,12}|.{0,40}") {
            let escaped = escape(&cell);
            prop_assert!(!escaped.starts_with(['\t', '\r', '\n']));
            for part in escaped.split(CELL_BREAKS) {
                let seen = part.trim_start_matches(|c: char| c.is_whitespace() || "\u{200b}\u{feff}".contains(c));
                prop_assert!(!seen.starts_with(SIGNS), "{:?}", escaped);
            }
        }

        #[test]
        fn what_was_escaped_is_read_back(cell in "[=+@;\t\n\r \u{a0}a-]{0,12}") {
            prop_assert_eq!(unescape(&escape(&cell)), cell);
        }
    }
}
