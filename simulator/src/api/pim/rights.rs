//! The rights in a policy's template and in a rule: `{access: {protect, reProtect, unProtect}, audit?: {success: {…},
//! failed: {…}}}` (reference, lines 3011 and 3033).

use crate::{
    body::Fields,
    state::pim::{Audit, Operations, Rights},
};

pub(super) fn read(fields: &mut Fields) -> Rights {
    Rights {
        access: fields.required_nested("access", operations),
        audit: fields.nested("audit", |fields| Audit {
            success: fields.required_nested("success", operations),
            failed: fields.required_nested("failed", operations),
        }),
    }
}

fn operations(fields: &mut Fields) -> Operations {
    let mut flag = |name| fields.required_value(name, Fields::flag).unwrap_or_default();
    Operations {
        protect: flag("protect"),
        re_protect: flag("reProtect"),
        un_protect: flag("unProtect"),
    }
}
