//! The records of a CSV file with their places: which row and line each is, and a quote that goes wrong.
//!
//! The `csv` crate takes every file: a quote that is never closed makes one cell of the rest of it. Here a file is cut
//! into records first, and the crate reads the cells of each.

/// A record of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Its text, without the line break at its end.
    pub text: &'a str,
    /// The row as a spreadsheet counts: empty ones count, line breaks in cells do not.
    pub row: usize,
    /// The line in which it begins, as a text editor counts.
    pub line: usize,
}

/// A quote that goes wrong: where it opens, and the number of its cell from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteError {
    /// It is never closed.
    Unclosed {
        /// The row of its record.
        row: usize,
        /// The line of the quote.
        line: usize,
        /// Its cell.
        cell: usize,
    },
    /// Text follows where it closes.
    TextAfter {
        /// The row of its record.
        row: usize,
        /// The line of the quote.
        line: usize,
        /// The line in which it closes.
        closes: usize,
        /// Its cell.
        cell: usize,
    },
}

/// Where a quoted cell is.
enum State {
    /// At the first character of a cell, where a quote opens.
    Start,
    /// In a cell without quotes, in which a quote is a character like any other.
    Plain,
    /// In a quoted cell that opened in this line.
    Quoted(usize),
    /// Behind the quote that closes such a cell, or is the first of two.
    Closed(usize),
    /// In the space behind a closed cell.
    Behind(usize),
}

/// Cuts a text into its records. `first` is the row and the line that it begins with.
///
/// # Errors
/// The first quote that goes wrong.
pub(super) fn records(
    text: &str,
    delimiter: char,
    first: (usize, usize),
) -> Result<Vec<Record<'_>>, QuoteError> {
    let (mut row, mut line) = first;
    let mut records = Vec::new();
    let (mut start, mut start_line, mut cell) = (0, line, 0);
    let mut state = State::Start;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_break = c == '\n' || c == '\r';
        let is_pair = c == '\r' && matches!(chars.peek(), Some((_, '\n')));
        if is_break && !is_pair {
            line += 1;
        }
        state = match state {
            State::Quoted(opened) if c == '"' => State::Closed(opened),
            State::Quoted(opened) => State::Quoted(opened),
            State::Closed(opened) if c == '"' => State::Quoted(opened),
            _ if c == delimiter => {
                cell += 1;
                State::Start
            }
            _ if is_break => {
                if is_pair {
                    chars.next();
                    line += 1;
                }
                records.push(Record {
                    text: &text[start..at],
                    row,
                    line: start_line,
                });
                start = at + if is_pair { 2 } else { 1 };
                (row, start_line, cell) = (row + 1, line, 0);
                State::Start
            }
            State::Closed(opened) | State::Behind(opened) if c.is_whitespace() => State::Behind(opened),
            State::Closed(opened) | State::Behind(opened) => {
                return Err(QuoteError::TextAfter {
                    row,
                    line: opened,
                    closes: line,
                    cell,
                });
            }
            State::Start if c == '"' => State::Quoted(line),
            State::Start | State::Plain => State::Plain,
        };
    }
    if let State::Quoted(opened) = state {
        return Err(QuoteError::Unclosed {
            row,
            line: opened,
            cell,
        });
    }
    if start < text.len() {
        records.push(Record {
            text: &text[start..],
            row,
            line: start_line,
        });
    }
    Ok(records)
}

/// The cells of a record.
pub(super) fn cells(record: &str, delimiter: char) -> Vec<String> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(record.as_bytes());
    let first = reader.records().next();
    let record = first.and_then(Result::ok).unwrap_or_default();
    record.iter().map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(text: &str) -> Vec<(&str, usize, usize)> {
        let records = records(text, ',', (1, 1)).expect("every quote is closed");
        records
            .iter()
            .map(|record| (record.text, record.row, record.line))
            .collect()
    }

    #[test]
    fn rows_and_lines_are_counted_as_a_spreadsheet_and_an_editor_do() {
        assert_eq!(places("a\n\nb"), [("a", 1, 1), ("", 2, 2), ("b", 3, 3)]);
        assert_eq!(places("a\r\nb\r\n"), [("a", 1, 1), ("b", 2, 2)]);
        assert_eq!(places("a\rb\r"), [("a", 1, 1), ("b", 2, 2)]);
        assert_eq!(
            places("\"a\r\nb\nc\",x\nd\n"),
            [("\"a\r\nb\nc\",x", 1, 1), ("d", 2, 4)]
        );
        assert_eq!(places("a,5\" pipe\nb"), [("a,5\" pipe", 1, 1), ("b", 2, 2)]);
        assert_eq!(places("\"a\"\"b\"\nc"), [("\"a\"\"b\"", 1, 1), ("c", 2, 2)]);
    }

    #[test]
    fn a_quote_that_goes_wrong_is_found_in_its_line() {
        let check = |text: &str, expected: QuoteError| {
            assert_eq!(records(text, ',', (1, 1)), Err(expected), "{text:?}");
        };
        let unclosed = |row, line, cell| QuoteError::Unclosed { row, line, cell };
        check("a,b\nana,\"x\nbo,y\n", unclosed(2, 2, 1));
        check("\"a\nb\",c\n\"x\"\"", unclosed(2, 3, 0));
        check("a,\"", unclosed(1, 1, 1));
        check("a,\"\"\"\n", unclosed(1, 1, 1));
        let after = QuoteError::TextAfter {
            row: 2,
            line: 2,
            closes: 3,
            cell: 1,
        };
        check("a,b\nana,\"x\nbo,\"y\n", after);
        let after = QuoteError::TextAfter {
            row: 1,
            line: 1,
            closes: 1,
            cell: 0,
        };
        check("\"a\" \"b\"", after);
    }

    #[test]
    fn cells_are_read_with_their_quotes_and_separators() {
        assert_eq!(cells("a;\"b;c\";\"d\"\"e\n\"", ';'), ["a", "b;c", "d\"e\n"]);
        assert_eq!(cells("a\t\tb", '\t'), ["a", "", "b"]);
        assert_eq!(cells("", ','), [""; 0]);
    }

    proptest! {
        /// Every record that is cut out here is one record to the crate too, with as many cells.
        #[test]
        fn the_crate_reads_one_record_from_each(text in "[a\", \n\r]{0,24}") {
            for record in records(&text, ',', (1, 1)).into_iter().flatten() {
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(record.text.as_bytes());
                let count = reader.records().count();
                prop_assert!(count <= 1, "{:?} in {text:?}", record.text);
            }
        }

        #[test]
        fn what_is_written_is_read_back(rows in proptest::collection::vec(proptest::collection::vec("[a\",;\n\r é]{0,6}", 2..4), 1..5)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("a row");
            }
            let text = String::from_utf8(writer.into_inner().expect("bytes")).expect("text");
            let read = records(&text, ',', (1, 1)).expect("every quote is closed");
            let read: Vec<_> = read.iter().map(|record| cells(record.text, ',')).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
