//! Masks: which characters of a value are hidden when it is unprotected.

use gate::{Operation, Target};
use protegrity::pim::{Mask, MaskUid, NewMask};
use serde::{Deserialize, Serialize};

use super::{
    configuration::masks,
    object::{MAX_DESCRIPTION, MAX_NAME, Saved, created, differs, require_free, the_one},
};
use crate::{Error, read_back::ReadBack, refusal::Words, validation::Validation};

/// The most characters at an end. The notes have no limit; a longer end is a slip of the hand.
const MAX_END: i64 = 9999;

/// Values that show what a mask does: a card number, an address, and one that is shorter than most ends together.
pub const EXAMPLES: [&str; 3] = ["4111111111111111", "ana.ito@example.com", "Smith"];

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("from left", "from_left"),
    ("from right", "from_right"),
    ("masked", "masked"),
    ("character", "character"),
    ("description", "description"),
    ("mask", "name"),
    ("name", "name"),
];

/// The form that creates a mask.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MaskForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// How many characters the left end has.
    pub from_left: String,
    /// How many characters the right end has.
    pub from_right: String,
    /// `true` hides the two ends, `false` all between them.
    pub masked: String,
    /// What stands for a hidden character.
    pub character: String,
}

impl MaskForm {
    /// The mask of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewMask) {
        let mut validation = Validation::default();
        let name = validation.required_line("name", &self.name, MAX_NAME);
        let description = validation.lines("description", &self.description, MAX_DESCRIPTION);
        let mask = NewMask {
            name,
            description,
            ..self.shape(&mut validation)
        };
        (validation, mask)
    }

    /// What the mask does, without its name.
    fn shape(&self, validation: &mut Validation) -> NewMask {
        let mut end = |field: &str, text: &str| {
            let end = validation.number(field, text, 0..=MAX_END).unwrap_or_default();
            u32::try_from(end).unwrap_or_default()
        };
        let (from_left, from_right) = (
            end("from_left", &self.from_left),
            end("from_right", &self.from_right),
        );
        let masked = self.masked == "true";
        validation.require(
            masked || self.masked == "false",
            "masked",
            "Choose what the mask hides.",
        );
        let character = validation.line("character", &self.character, MAX_NAME);
        let mut characters = character.chars();
        let first = characters.next();
        let is_one = first.is_some() && characters.next().is_none();
        validation.require(is_one, "character", "This must be one character.");
        if masked && from_left == 0 && from_right == 0 {
            validation.add(
                "from_left",
                "A mask of two ends without characters hides nothing.",
            );
        }
        NewMask {
            name: String::new(),
            description: String::new(),
            from_left,
            from_right,
            masked,
            character: first.unwrap_or('*'),
        }
    }

    /// What the mask would do, for an example on screen; nothing while a field has a problem.
    pub fn preview(&self) -> Option<NewMask> {
        let mut validation = Validation::default();
        let mask = self.shape(&mut validation);
        validation.is_empty().then_some(mask)
    }
}

/// What a mask of the cluster does, for an example on screen; nothing where the cluster does not report all of it.
pub fn shape(mask: &Mask) -> Option<NewMask> {
    let mut characters = mask.character.as_deref()?.chars();
    let character = characters.next()?;
    characters.next().is_none().then_some(())?;
    Some(NewMask {
        name: mask.name.clone(),
        description: String::new(),
        from_left: mask.from_left?,
        from_right: mask.from_right?,
        masked: mask.masked?,
        character,
    })
}

/// One mask, of `GET /pim/masks`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn mask(operation: &Operation, uid: &MaskUid) -> Result<Mask, Error> {
    the_one(masks(operation).await?, uid.as_str(), "mask")
}

/// Creates a mask (`POST /pim/masks`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &MaskForm) -> Result<Saved<MaskUid>, Error> {
    let (mut validation, mask) = form.read();
    require_free(&mut validation, "name", &mask.name, masks(operation).await)?;
    validation.finish()?;
    let sent = &mask;
    let operation = &operation.on(Target::of("mask", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_mask(sent).await })
        .await;
    let list = || masks(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewMask, now: &Mask) -> ReadBack {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let hides = |masked: bool| {
        if masked {
            "the ends"
        } else {
            "all between the ends"
        }
    };
    ReadBack::of([
        differs("the description", &sent.description, now.description.as_deref()),
        differs(
            "the characters at the left",
            &sent.from_left.to_string(),
            number(now.from_left).as_deref(),
        ),
        differs(
            "the characters at the right",
            &sent.from_right.to_string(),
            number(now.from_right).as_deref(),
        ),
        differs("what is hidden", hides(sent.masked), now.masked.map(hides)),
        differs(
            "the character",
            &sent.character.to_string(),
            now.character.as_deref(),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(left: &str, right: &str, masked: &str, character: &str) -> MaskForm {
        MaskForm {
            name: "m".to_owned(),
            from_left: left.to_owned(),
            from_right: right.to_owned(),
            masked: masked.to_owned(),
            character: character.to_owned(),
            ..MaskForm::default()
        }
    }

    #[test]
    fn the_example_is_what_the_mask_makes_of_a_value() {
        let check = |form: MaskForm, expected: &str| {
            let mask = form.preview().expect("a mask");
            assert_eq!(mask.apply(EXAMPLES[0]), expected);
        };
        check(form("6", "4", "false", "*"), "411111******1111");
        check(form("", "4", "true", "x"), "411111111111xxxx");
    }

    #[test]
    fn each_problem_is_at_its_field() {
        let check = |form: MaskForm, expected: &[&str]| {
            assert_eq!(form.read().0.fields(), expected, "{form:?}");
            assert_eq!(form.preview().is_some(), expected.is_empty(), "{form:?}");
        };
        check(form("1", "1", "true", "*"), &[]);
        check(
            form("x", "-1", "true", "*"),
            &["from_left", "from_right", "from_left"],
        );
        check(form("1", "1", "", "*"), &["masked"]);
        check(form("1", "1", "true", "**"), &["character"]);
        check(form("1", "1", "true", ""), &["character"]);
        check(form("0", "", "true", "*"), &["from_left"]);
        check(form("0", "", "false", "*"), &[]);
    }

    #[test]
    fn a_mask_that_is_not_wholly_reported_has_no_example() {
        let whole = Mask {
            from_left: Some(1),
            from_right: Some(0),
            masked: Some(true),
            character: Some("#".to_owned()),
            ..Mask::default()
        };
        assert_eq!(
            shape(&whole).map(|mask| mask.apply("abc")).as_deref(),
            Some("#bc")
        );
        for partly in [
            Mask {
                from_left: None,
                ..whole.clone()
            },
            Mask {
                masked: None,
                ..whole.clone()
            },
            Mask {
                character: Some("##".to_owned()),
                ..whole
            },
        ] {
            assert_eq!(shape(&partly), None);
        }
    }

    proptest! {
        #[test]
        fn a_mask_keeps_the_length_of_a_value(left in 0..30_u32, right in 0..30_u32, masked: bool, value in "\\PC{0,40}") {
            let form = form(&left.to_string(), &right.to_string(), &masked.to_string(), "*");
            if let Some(mask) = form.preview() {
                prop_assert_eq!(mask.apply(&value).chars().count(), value.chars().count());
            }
        }
    }
}
