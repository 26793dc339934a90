//! The characters of names: the one spelling in which they are compared, and those that cannot be seen.
//!
//! Two names that look the same can differ: "é" is one character or two, and some characters have no shape. What a
//! person types is written in one way (Unicode's form NFC), and may not hold what cannot be seen. Names that the cluster
//! has already stay byte for byte; only comparing and searching see them in NFC.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, PrependedConcatenationMark},
};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();

/// The characters with which fields and files separate several names. A name that holds one has to be quoted there, see
/// [`split_list`](crate::text::split_list).
pub const SEPARATORS: [char; 3] = [',', ';', '|'];

/// The text in Unicode's form NFC.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    NFC.normalize(text)
}

/// The text as it is compared and searched: in NFC and in lower case.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower case can take the text out of NFC.
    nfc(&nfc(text).to_lowercase()).into_owned()
}

/// Whether two names are the same apart from case and spelling.
pub fn is_same_name(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    folded(one) == folded(other)
}

/// The first character of a line that cannot be seen, or that looks like a space and is another character.
pub fn invisible(line: &str) -> Option<char> {
    find_unseen(line, |_| false)
}

/// The first character of a text of several lines that cannot be seen. Line breaks, the spaces of typography and the
/// joiners of Arabic and Indic writing are part of such a text.
pub fn invisible_in_prose(text: &str) -> Option<char> {
    let category = CodePointMapData::<GeneralCategory>::new();
    find_unseen(text, |c| {
        matches!(c, '\n' | ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER)
            || category.get(c) == GeneralCategory::SpaceSeparator
    })
}

/// The code point and the name of a character: "U+200B, ZERO WIDTH SPACE".
pub fn described(c: char) -> String {
    let code = u32::from(c);
    let name = match c {
        '\0'..='\u{1f}' => C0.get(code as usize).map(|name| (*name).to_owned()),
        '\u{7f}' => Some("DELETE".to_owned()),
        '\u{85}' => Some("NEXT LINE".to_owned()),
        '\u{80}'..='\u{9f}' => Some("a control character".to_owned()),
        _ => unicode_names2::name(c).map(|name| name.to_string()),
    };
    match name {
        Some(name) => format!("U+{code:04X}, {name}"),
        None => format!("U+{code:04X}"),
    }
}

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Unicode has no names for the control characters; these are the aliases of its `NameAliases.txt`.
const C0: [&str; 32] = [
    "NULL",
    "START OF HEADING",
    "START OF TEXT",
    "END OF TEXT",
    "END OF TRANSMISSION",
    "ENQUIRY",
    "ACKNOWLEDGE",
    "ALERT",
    "BACKSPACE",
    "CHARACTER TABULATION",
    "LINE FEED",
    "LINE TABULATION",
    "FORM FEED",
    "CARRIAGE RETURN",
    "SHIFT OUT",
    "SHIFT IN",
    "DATA LINK ESCAPE",
    "DEVICE CONTROL ONE",
    "DEVICE CONTROL TWO",
    "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR",
    "NEGATIVE ACKNOWLEDGE",
    "SYNCHRONOUS IDLE",
    "END OF TRANSMISSION BLOCK",
    "CANCEL",
    "END OF MEDIUM",
    "SUBSTITUTE",
    "ESCAPE",
    "INFORMATION SEPARATOR FOUR",
    "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO",
    "INFORMATION SEPARATOR ONE",
];

fn find_unseen(text: &str, is_allowed: impl Fn(char) -> bool) -> Option<char> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        if is_unseen(c) && !is_allowed(c) && !is_part_of_emoji(before, c, chars.peek().copied()) {
            return Some(c);
        }
        before = Some(c);
    }
    None
}

/// Whether a character has no shape of its own, or that of a space without being the space of the keyboard.
fn is_unseen(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, SpaceSeparator};
    match c {
        ' ' => false,
        // BRAILLE PATTERN BLANK and MUSICAL SYMBOL NULL NOTEHEAD are symbols that show nothing.
        '\u{2800}' | '\u{1d159}' => true,
        _ if CodePointSetData::new::<PrependedConcatenationMark>().contains(c) => false,
        _ if is_noncharacter(c) => true,
        _ => {
            CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
                || matches!(
                    CodePointMapData::<GeneralCategory>::new().get(c),
                    Control | Format | LineSeparator | ParagraphSeparator | SpaceSeparator
                )
        }
    }
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a joiner or a variation selector makes one picture of several characters: 👩‍👧.
fn is_part_of_emoji(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_picture =
        |c: Option<char>| c.is_some_and(|c| CodePointSetData::new::<ExtendedPictographic>().contains(c));
    match c {
        '\u{fe0f}' => is_picture(before),
        ZERO_WIDTH_JOINER => {
            // A selector or a colour of skin can stand between the picture and the joiner.
            let is_joined =
                is_picture(before) || matches!(before, Some('\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'));
            is_joined && is_picture(after)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// "josé" with the letter é, and with an e and an accent.
    const COMPOSED: &str = "jos\u{e9}";
    const DECOMPOSED: &str = "jose\u{301}";

    #[test]
    fn combining_twins_are_the_same_name() {
        assert_eq!(nfc(DECOMPOSED), COMPOSED);
        assert!(is_same_name(COMPOSED, DECOMPOSED));
        assert!(is_same_name("JOSE\u{301}", COMPOSED));
        assert!(is_same_name("Ana", "aNA"));
        assert!(!is_same_name(COMPOSED, "jose"));
    }

    #[test]
    fn a_character_that_cannot_be_seen_is_found_and_named() {
        for (c, expected) in [
            ('\u{200b}', "U+200B, ZERO WIDTH SPACE"),
            ('\u{200c}', "U+200C, ZERO WIDTH NON-JOINER"),
            ('\u{200d}', "U+200D, ZERO WIDTH JOINER"),
            ('\u{202a}', "U+202A, LEFT-TO-RIGHT EMBEDDING"),
            ('\u{202e}', "U+202E, RIGHT-TO-LEFT OVERRIDE"),
            ('\u{2066}', "U+2066, LEFT-TO-RIGHT ISOLATE"),
            ('\u{2069}', "U+2069, POP DIRECTIONAL ISOLATE"),
            ('\u{feff}', "U+FEFF, ZERO WIDTH NO-BREAK SPACE"),
            ('\u{ad}', "U+00AD, SOFT HYPHEN"),
            ('\u{a0}', "U+00A0, NO-BREAK SPACE"),
            ('\u{202f}', "U+202F, NARROW NO-BREAK SPACE"),
            ('\u{3000}', "U+3000, IDEOGRAPHIC SPACE"),
            ('\u{2028}', "U+2028, LINE SEPARATOR"),
            ('\u{180e}', "U+180E, MONGOLIAN VOWEL SEPARATOR"),
            ('\u{34f}', "U+034F, COMBINING GRAPHEME JOINER"),
            ('\u{3164}', "U+3164, HANGUL FILLER"),
            ('\u{115f}', "U+115F, HANGUL CHOSEONG FILLER"),
            ('\u{2800}', "U+2800, BRAILLE PATTERN BLANK"),
            ('\u{fe0f}', "U+FE0F, VARIATION SELECTOR-16"),
            ('\u{e0061}', "U+E0061, TAG LATIN SMALL LETTER A"),
            ('\u{e0000}', "U+E0000"),
            ('\t', "U+0009, CHARACTER TABULATION"),
            ('\n', "U+000A, LINE FEED"),
            ('\0', "U+0000, NULL"),
            ('\u{7f}', "U+007F, DELETE"),
            ('\u{85}', "U+0085, NEXT LINE"),
            ('\u{90}', "U+0090, a control character"),
            ('\u{fffe}', "U+FFFE"),
        ] {
            let found = invisible(&format!("ad{c}min"));
            assert_eq!(found.map(described).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_can_be_seen_passes() {
        for text in [
            "",
            "Ana Ito",
            COMPOSED,
            DECOMPOSED,
            "ليلى",
            "山田",
            "Jürgen ليلى 👩‍👧",
            "👩🏽‍💻",
            "❤️",
            "\u{600}1",
            "a\u{fffd}",
        ] {
            assert_eq!(invisible(text), None, "{text:?}");
        }
        for joiner_in_a_word in ["a\u{200d}b", "👩\u{200d}b", "a\u{200d}👧", "a\u{fe0f}"] {
            assert!(invisible(joiner_in_a_word).is_some(), "{joiner_in_a_word:?}");
        }
    }

    #[test]
    fn prose_has_line_breaks_and_the_spaces_of_typography() {
        for text in ["a\nb", "Rôle\u{a0}: lecture", "می\u{200c}خواهم"] {
            assert_eq!(invisible_in_prose(text), None, "{text:?}");
        }
        for text in [
            "a\u{200b}b",
            "a\u{202e}b",
            "a\tb",
            "a\u{feff}",
            "a\u{2028}b",
            "a\u{e0041}",
        ] {
            assert!(invisible_in_prose(text).is_some(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_done_once(text in ".{0,20}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once.clone());
            prop_assert!(is_same_name(&text, &nfc(&text)));
        }
    }
}
