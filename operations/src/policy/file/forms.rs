//! What a file has of an object, as the forms of the pages take it.

use protegrity::pim::{DataElementUid, MaskUid, NewRule, Permission, RoleUid};

use super::{
    super::{
        alphabets::AlphabetForm, applications::ApplicationForm, data_stores::DataStoreForm, masks::MaskForm,
        roles::RoleForm, sources::SourceForm,
    },
    document::{
        AlphabetEntry, ApplicationEntry, DataStoreEntry, MaskEntry, RoleEntry, RuleEntry, SourceEntry,
    },
    kind::Kind,
};

/// Stands for the uid of an object that is to be created before.
#[expect(clippy::unnecessary_wraps, reason = "one of several ways to find a uid")]
pub(super) fn some_uid(_: Kind, _: &str) -> Option<String> {
    Some("1".to_owned())
}

/// The rule with the uids that these names have.
pub(super) fn new_rule(rule: &RuleEntry, uid: impl Fn(Kind, &str) -> Option<String>) -> Option<NewRule> {
    let mask = match &rule.mask {
        Some(name) => Some(MaskUid::from(uid(Kind::Mask, name)?)),
        None => None,
    };
    Some(NewRule {
        role: RoleUid::from(uid(Kind::Role, &rule.role)?),
        data_element: DataElementUid::from(uid(Kind::DataElement, &rule.data_element)?),
        no_access_operation: rule.no_access_operation.as_deref().map(Into::into),
        mask,
        permission: rule.permission.as_ref().map(Permission::from).unwrap_or_default(),
    })
}

pub(super) fn source_form(entry: &SourceEntry) -> SourceForm {
    SourceForm {
        name: entry.name.clone(),
        user_file: entry.user_file.clone().unwrap_or_default(),
        group_file: entry.group_file.clone().unwrap_or_default(),
    }
}

fn box_of(flag: Option<bool>) -> String {
    if flag == Some(true) {
        "true".to_owned()
    } else {
        String::new()
    }
}

pub(super) fn role_form(entry: &RoleEntry) -> RoleForm {
    RoleForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        allow_all: box_of(entry.allow_all),
    }
}

pub(super) fn mask_form(entry: &MaskEntry) -> MaskForm {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    MaskForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        from_left: number(entry.from_left),
        from_right: number(entry.from_right),
        masked: entry.masked.map(|masked| masked.to_string()).unwrap_or_default(),
        character: entry.character.clone().unwrap_or_default(),
    }
}

pub(super) fn alphabet_form(entry: &AlphabetEntry) -> AlphabetForm {
    AlphabetForm {
        label: entry.label.clone(),
        ranges: entry.ranges.join("\n"),
        code_points: entry.code_points.join(" "),
    }
}

pub(super) fn store_form(entry: &DataStoreEntry) -> DataStoreForm {
    DataStoreForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        is_default: box_of(entry.is_default),
        ..DataStoreForm::default()
    }
}

pub(super) fn application_form(entry: &ApplicationEntry) -> ApplicationForm {
    ApplicationForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        application_name: entry.application_name.clone().unwrap_or_default(),
        application_user: entry.application_user.clone().unwrap_or_default(),
    }
}
