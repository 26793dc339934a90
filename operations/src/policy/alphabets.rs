//! Alphabets: the characters that a Unicode token is made of, as hexadecimal code points.

use gate::{Operation, Target};
use protegrity::pim::{Alphabet, AlphabetUid, CodePoint, CodePointRange, NewAlphabet};
use serde::{Deserialize, Serialize};

use super::{
    configuration::alphabets,
    object::{MAX_NAME, Saved, created, require_free, the_one},
};
use crate::{
    Error,
    characters::{described, invisible},
    merge::difference,
    read_back::ReadBack,
    refusal::Words,
    validation::Validation,
};

/// The most ranges and single characters that a form takes. The notes have no limit; this one keeps forms small.
const MAX_ENTRIES: usize = 2000;

/// The most characters of a range that are shown.
const MAX_SHOWN: usize = 64;

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("range", "ranges"),
    ("code point", "code_points"),
    ("character", "code_points"),
    ("label", "label"),
    ("alphabet", "label"),
    ("name", "label"),
];

/// The form that creates an alphabet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AlphabetForm {
    /// What other objects call name.
    pub label: String,
    /// Ranges of characters, one a line: `0041-005A`.
    pub ranges: String,
    /// Single characters, with space or commas between them: `00E4 00F6`.
    pub code_points: String,
}

impl AlphabetForm {
    /// The alphabet of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewAlphabet) {
        let mut validation = Validation::default();
        let label = validation.required_line("label", &self.label, MAX_NAME);
        let alphabet = NewAlphabet {
            label,
            ..self.characters(&mut validation)
        };
        (validation, alphabet)
    }

    fn characters(&self, validation: &mut Validation) -> NewAlphabet {
        let (ranges, code_points) = (ranges_of(&self.ranges), code_points_of(&self.code_points));
        let is_empty = |(ranges, points): (&Vec<_>, &Vec<_>)| ranges.is_empty() && points.is_empty();
        let has_none = ranges
            .as_ref()
            .ok()
            .zip(code_points.as_ref().ok())
            .is_some_and(is_empty);
        validation.require(
            !has_none,
            "ranges",
            "Give at least one range, or a single character below.",
        );
        let ranges = ranges.unwrap_or_else(|problem| {
            validation.add("ranges", problem);
            Vec::new()
        });
        let code_points = code_points.unwrap_or_else(|problem| {
            validation.add("code_points", problem);
            Vec::new()
        });
        NewAlphabet {
            label: String::new(),
            code_points,
            ranges,
        }
    }

    /// The characters of the form, for the screen; nothing while a field has a problem.
    pub fn preview(&self) -> Option<NewAlphabet> {
        let mut validation = Validation::default();
        let alphabet = self.characters(&mut validation);
        validation.is_empty().then_some(alphabet)
    }
}

/// The ranges of a text, one a line: two code points with a hyphen, a dash, two dots or space between them.
fn ranges_of(text: &str) -> Result<Vec<CodePointRange>, String> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let ranges: Vec<_> = lines
        .map(|(at, line)| range_of(line).map_err(|problem| format!("Line {}: {problem}", at + 1)))
        .collect::<Result<_, _>>()?;
    bounded(ranges)
}

fn range_of(line: &str) -> Result<CodePointRange, String> {
    let ends = line.replace(['-', '–', '—'], " ").replace("..", " ");
    let ends: Vec<_> = ends.split_whitespace().collect();
    let [from, to] = ends[..] else {
        return Err("a range is two code points, such as 0041-005A.".to_owned());
    };
    let (from, to) = (code_point(from)?, code_point(to)?);
    if from > to {
        return Err(format!(
            "the range ends before it begins: {to} is less than {from}."
        ));
    }
    Ok(CodePointRange { from, to })
}

fn code_points_of(text: &str) -> Result<Vec<CodePoint>, String> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let words = words.filter(|word| !word.is_empty());
    let mut points: Vec<_> = words.map(code_point).collect::<Result<_, _>>()?;
    let mut seen = std::collections::BTreeSet::new();
    points.retain(|point| seen.insert(*point));
    bounded(points)
}

fn code_point(word: &str) -> Result<CodePoint, String> {
    let problem = |error: protegrity::pim::InvalidCodePoint| {
        let shown: String = word.chars().take(20).collect();
        format!("“{shown}” is no code point: {error}.")
    };
    word.parse().map_err(problem)
}

fn bounded<T>(entries: Vec<T>) -> Result<Vec<T>, String> {
    if entries.len() > MAX_ENTRIES {
        return Err(format!("At most {MAX_ENTRIES} can be given."));
    }
    Ok(entries)
}

/// How many characters a range has. Surrogates are no characters.
pub fn count(range: CodePointRange) -> usize {
    (range.from.character()..=range.to.character()).count()
}

/// The first characters of a range as they look; those that have no shape by their code points.
pub fn shown(range: CodePointRange) -> String {
    let characters = range.from.character()..=range.to.character();
    let more = if count(range) > MAX_SHOWN { " …" } else { "" };
    let words: Vec<_> = characters.take(MAX_SHOWN).map(look).collect();
    format!("{}{more}", words.join(" "))
}

/// A character as it looks, or its name where it has no shape.
pub fn look(character: char) -> String {
    let text = character.to_string();
    if character == ' ' || invisible(&text).is_some() {
        return format!("({})", described(character));
    }
    text
}

/// One alphabet, of `GET /pim/alphabets`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn alphabet(operation: &Operation, uid: &AlphabetUid) -> Result<Alphabet, Error> {
    the_one(alphabets(operation).await?, uid.as_str(), "alphabet")
}

/// Creates an alphabet (`POST /pim/alphabets`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &AlphabetForm) -> Result<Saved<AlphabetUid>, Error> {
    let (mut validation, alphabet) = form.read();
    require_free(
        &mut validation,
        "label",
        &alphabet.label,
        alphabets(operation).await,
    )?;
    validation.finish()?;
    let sent = &alphabet;
    let operation = &operation.on(Target::of("alphabet", &sent.label));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_alphabet(sent).await })
        .await;
    let list = || alphabets(operation);
    created(written, ("label", &sent.label), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewAlphabet, now: &Alphabet) -> ReadBack {
    let texts = |points: &[CodePoint]| points.iter().map(ToString::to_string).collect::<Vec<_>>();
    let words = |ranges: &[CodePointRange]| {
        let words = ranges.iter().map(|range| format!("{}-{}", range.from, range.to));
        words.collect::<Vec<_>>()
    };
    // What the cluster does not report is not known to differ.
    let points = now.code_points.as_ref().map(|points| texts(points));
    let ranges = now.ranges.as_ref().map(|ranges| words(ranges));
    ReadBack::of([
        points.and_then(|now| difference("the characters", &texts(&sent.code_points), &now)),
        ranges.and_then(|now| difference("the ranges", &words(&sent.ranges), &now)),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(ranges: &str, code_points: &str) -> AlphabetForm {
        AlphabetForm {
            label: "German".to_owned(),
            ranges: ranges.to_owned(),
            code_points: code_points.to_owned(),
        }
    }

    #[test]
    fn ranges_and_characters_are_read_as_people_write_them() {
        let (validation, alphabet) = form(
            "0041-005A\r\n\nU+0061–U+007a\n03b1 .. 03c9",
            "00e4, 00F6;U+00FC\n00E4",
        )
        .read();
        assert!(validation.is_empty(), "{validation:?}");
        let ranges: Vec<_> = alphabet.ranges.iter().map(|range| shown(*range)).collect();
        assert!(ranges[0].starts_with("A B C") && ranges[1].ends_with("y z") && ranges[2].starts_with('α'));
        let points: String = alphabet
            .code_points
            .iter()
            .map(|point| point.character())
            .collect();
        assert_eq!(points, "äöü", "none is there twice");
    }

    #[test]
    fn each_problem_is_at_its_field_and_names_its_line() {
        let check = |ranges: &str, points: &str, field: &str, words: &str| {
            let Err(Error::Invalid(problems)) = form(ranges, points).read().0.finish() else {
                panic!("{ranges} {points} passed");
            };
            let [problem] = &problems[..] else {
                panic!("{problems:?}");
            };
            assert_eq!(problem.field, field);
            assert!(problem.message.contains(words), "{problem:?}");
        };
        check("0041-005A\n41-5A", "", "ranges", "Line 2: “41” is no code point");
        check("0041", "", "ranges", "Line 1: a range is two code points");
        check("005A-0041", "", "ranges", "ends before it begins");
        check("D800-DFFF", "", "ranges", "no code point");
        check("0041-005A", "ä", "code_points", "“ä” is no code point");
        check("0041-005A", "0019", "code_points", "between U+0020 and U+3FFFF");
        check("", " , ", "ranges", "at least one range");
    }

    #[test]
    fn what_has_no_shape_is_shown_by_its_name() {
        let range = |from: &str, to: &str| CodePointRange {
            from: from.parse().expect("a code point"),
            to: to.parse().expect("a code point"),
        };
        assert_eq!(shown(range("0020", "0022")), "(U+0020, SPACE) ! \"");
        assert_eq!(shown(range("200B", "200B")), "(U+200B, ZERO WIDTH SPACE)");
        assert_eq!(count(range("D7FF", "E000")), 2);
        assert!(shown(range("4E00", "9FFF")).ends_with(" …"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ends in proptest::collection::vec((0x20..0xd7ff_u32, 0..500_u32), 1..20)) {
            let line = |(from, length): &(u32, u32)| format!("{from:04X}-{:04X}", (from + length).min(0xd7ff));
            let text: Vec<_> = ends.iter().map(line).collect();
            let (validation, alphabet) = form(&text.join("\n"), "").read();
            prop_assert!(validation.is_empty());
            prop_assert!(alphabet.is_usable());
            let words: Vec<_> = alphabet.ranges.iter().map(|range| format!("{}-{}", range.from, range.to)).collect();
            prop_assert_eq!(words, text);
        }

        #[test]
        fn whatever_is_accepted_can_be_sent(ranges in "[0-9A-F.\\- \n]{0,40}", points in "[0-9a-fU+, ]{0,20}") {
            let (validation, alphabet) = form(&ranges, &points).read();
            prop_assert!(!validation.is_empty() || alphabet.is_usable());
        }
    }
}
