//! The words for what a rule says: short ones for a cell, full ones for those who hear the page, and for files.

use operations::policy::no_access_words;
use protegrity::pim::{Audit, NoAccessOperation, Operations, Permission, Rule};

/// The operations in the order of the screen, each with whether it is on: short, full.
fn words(operations: Operations) -> Vec<(&'static str, &'static str)> {
    let all = [
        (operations.protect, ("prot", "protect")),
        (operations.re_protect, ("re-prot", "re-protect")),
        (operations.un_protect, ("unprot", "unprotect")),
    ];
    all.into_iter()
        .filter_map(|(is_on, words)| is_on.then_some(words))
        .collect()
}

/// "protect, unprotect"; "nothing".
pub(super) fn in_full(operations: Operations) -> String {
    let words: Vec<_> = words(operations).into_iter().map(|(_, full)| full).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(", ")
    }
}

/// "prot, unprot"; "all"; "none".
fn in_short(operations: Operations) -> String {
    let words: Vec<_> = words(operations).into_iter().map(|(short, _)| short).collect();
    match words.len() {
        0 => "none".to_owned(),
        3 => "all".to_owned(),
        _ => words.join(", "),
    }
}

/// The rule in lines of a cell.
pub(super) fn short(rule: &Rule, mask: Option<&str>) -> String {
    let access = rule.permission.map_or("not known".to_owned(), |permission| {
        match in_short(permission.access).as_str() {
            "none" => "no access".to_owned(),
            words => words.to_owned(),
        }
    });
    let otherwise = match rule.no_access() {
        NoAccessOperation::NullValue => "else null".to_owned(),
        NoAccessOperation::ProtectedValue => "else protected".to_owned(),
        NoAccessOperation::Exception => "else error".to_owned(),
        NoAccessOperation::Other(word) => format!("else {word}"),
    };
    let mask = mask.map(|mask| format!("mask {mask}"));
    let audit = match audit(rule) {
        None => "audit not known".to_owned(),
        Some(Audit { success, failed }) => {
            format!(
                "audit: success {}; failure {}",
                in_short(success),
                in_short(failed)
            )
        }
    };
    let lines = [Some(access), mask, Some(otherwise), Some(audit)];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The rule in sentences.
pub(crate) fn full(rule: &Rule, mask: Option<&str>) -> String {
    let access = match rule.permission {
        None => "What it permits is not known.".to_owned(),
        Some(Permission { access, .. }) => {
            format!("May {}.", in_full(access).replace("nothing", "do nothing"))
        }
    };
    let mask = mask.map_or("No mask.".to_owned(), |mask| format!("Mask {mask}."));
    let otherwise = format!("Without access: {}.", no_access_words(&rule.no_access()));
    let audit = match audit(rule) {
        None => "What is audited is not known.".to_owned(),
        Some(Audit { success, failed }) => {
            let (success, failed) = (in_full(success), in_full(failed));
            format!("Audited when it succeeds: {success}; when it fails: {failed}.")
        }
    };
    [access, mask, otherwise, audit].join(" ")
}

fn audit(rule: &Rule) -> Option<Audit> {
    rule.permission?.audit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(permission: Option<Permission>, word: Option<NoAccessOperation>) -> Rule {
        Rule {
            permission,
            no_access_operation: word,
            ..Rule::default()
        }
    }

    #[test]
    fn a_cell_says_the_rule_in_short_words_and_in_full_ones() {
        let permission = Permission {
            access: Operations {
                un_protect: true,
                ..Operations::NONE
            },
            audit: Some(Audit {
                success: Operations::NONE,
                failed: Operations::ALL,
            }),
        };
        let rule = rule(Some(permission), Some(NoAccessOperation::Exception));
        assert_eq!(
            short(&rule, Some("LAST_4")),
            "unprot\nmask LAST_4\nelse error\naudit: success none; failure all"
        );
        assert_eq!(
            full(&rule, Some("LAST_4")),
            "May unprotect. Mask LAST_4. Without access: an error. \
             Audited when it succeeds: nothing; when it fails: protect, re-protect, unprotect."
        );
    }

    #[test]
    fn what_the_cluster_leaves_out_is_not_known() {
        let rule = rule(None, None);
        assert_eq!(short(&rule, None), "not known\nelse null\naudit not known");
        assert!(
            full(&rule, None).starts_with("What it permits is not known. No mask. Without access: null.")
        );
        let nothing = Rule {
            permission: Some(Permission::default()),
            ..rule
        };
        assert!(short(&nothing, None).starts_with("no access\n"));
        assert!(full(&nothing, None).starts_with("May do nothing."));
    }
}
