//! `/alphabets`: `{label, codePoints?: ["00E4"], ranges?: [{from: "0041", to: "005A"}]}` (notes, section 3).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Alphabet, CodeRange, Collection, Entry, Repository},
};

impl Resource for Alphabet {
    const PATH: &'static str = "/alphabets";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let range = |fields: &mut Fields| CodeRange {
            from: fields.required("from"),
            to: fields.required("to"),
        };
        let alphabet = Fields::read(body, |fields| Self {
            label: fields.limited("label", MAX_NAME),
            code_points: fields.texts("codePoints").unwrap_or_default(),
            ranges: fields.objects("ranges", range).unwrap_or_default(),
        })?;
        check(&alphabet)?;
        Ok(alphabet)
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.alphabets
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.alphabets.create(self)
    }
}

/// The character of a hexadecimal text of four to six digits.
fn character(code_point: &str) -> Result<char, Refusal> {
    let is_hexadecimal = code_point.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(code_point, 16).ok();
    number
        .filter(|_| is_hexadecimal && (4..=6).contains(&code_point.len()))
        .and_then(char::from_u32)
        .ok_or_else(|| Refusal::detail(400, format!("'{code_point}' is not a code point")))
}

fn check(alphabet: &Alphabet) -> Result<(), Refusal> {
    for code_point in &alphabet.code_points {
        character(code_point)?;
    }
    for range in &alphabet.ranges {
        if character(&range.from)? > character(&range.to)? {
            let text = format!("The range from '{}' to '{}' is empty", range.from, range.to);
            return Err(Refusal::detail(400, text));
        }
    }
    if alphabet.code_points.is_empty() && alphabet.ranges.is_empty() {
        return Err(Refusal::detail(400, "The alphabet has no characters"));
    }
    Ok(())
}
