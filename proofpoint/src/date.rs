//! Dates as the system writes them.

use jiff::civil::Date;
use upstream::name_type;

name_type! {
    /// A date, or a date with a time, as the system wrote it: `2018/01/15`, `2018-01-15` and `2022-01-01 00:00:00` are
    /// in use (notes section 2.1). The time zone is in no document.
    DateText
}

impl DateText {
    /// The day; `None` where the text is none.
    pub fn date(&self) -> Option<Date> {
        let text = self.as_str().trim();
        // A date has ten characters; more are the time.
        let date = text.get(..10)?.replace('/', "-");
        let is_time = text[10..].starts_with([' ', 'T']);
        if text.len() > 10 && !is_time {
            return None;
        }
        date.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_spellings_in_use() {
        for text in [
            "2022/01/15",
            "2022-01-15",
            " 2022-01-15 ",
            "2022-01-15 08:30:00",
            "2022-01-15T08:30:00Z",
        ] {
            assert_eq!(DateText::new(text).date(), Some(date(2022, 1, 15)), "{text}");
        }
        for text in ["", "one year from now", "15/01/2022", "2022-13-01", "2022-01-150"] {
            assert_eq!(DateText::new(text).date(), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "\\PC{0,30}") {
            let _ = DateText::new(text).date();
        }
    }
}
