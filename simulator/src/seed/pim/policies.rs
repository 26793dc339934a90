//! The seeded policies with their rules.

use super::{rights, uid};
use crate::state::pim::{Audit, NO_MASK, NoAccess, Operations, Policy, Repository, Rights, Rule};

const POLICIES: &[(&str, &str)] = &[
    ("CUSTOMER_DATA", "Master data of customers"),
    ("PAYMENTS", "Cards, accounts and payments"),
    ("RESEARCH_DATA", "Draft: values for research"),
];

/// The rules of a role for several data elements.
struct Template {
    policy: &'static str,
    role: &'static str,
    /// As letters of [`rights`].
    operations: &'static str,
    no_access: Option<NoAccess>,
    mask: Option<&'static str>,
    elements: &'static [&'static str],
}

const RULES: &[Template] = &[
    Template {
        policy: "CUSTOMER_DATA",
        role: "ETL",
        operations: "pr",
        no_access: Some(NoAccess::Exception),
        mask: None,
        elements: &[
            "DE_SSN",
            "DE_NAME",
            "DE_EMAIL",
            "DE_DOB",
            "DE_CITY",
            "DE_PHONE",
            "DE_STREET",
            "DE_NOTES",
        ],
    },
    Template {
        policy: "CUSTOMER_DATA",
        role: "SUPPORT",
        operations: "u",
        no_access: Some(NoAccess::NullValue),
        mask: None,
        elements: &[
            "DE_NAME",
            "DE_EMAIL",
            "DE_CITY",
            "DE_PHONE",
            "DE_STREET",
            "DE_NOTES",
        ],
    },
    Template {
        policy: "CUSTOMER_DATA",
        role: "SUPPORT",
        operations: "u",
        no_access: None,
        mask: Some("LAST_4"),
        elements: &["DE_SSN"],
    },
    Template {
        policy: "CUSTOMER_DATA",
        role: "ANALYST",
        operations: "",
        no_access: Some(NoAccess::ProtectedValue),
        mask: None,
        elements: &["DE_SSN", "DE_NAME", "DE_EMAIL"],
    },
    Template {
        policy: "CUSTOMER_DATA",
        role: "ANALYST",
        operations: "u",
        no_access: None,
        mask: None,
        elements: &["DE_CITY", "DE_DOB", "DE_COUNTRY"],
    },
    Template {
        policy: "CUSTOMER_DATA",
        role: "UNAUTHORIZED",
        operations: "",
        no_access: None,
        mask: None,
        elements: &["DE_SSN", "DE_NAME", "DE_NOTES"],
    },
    Template {
        policy: "PAYMENTS",
        role: "ETL",
        operations: "pr",
        no_access: Some(NoAccess::Exception),
        mask: None,
        elements: &["DE_CCN", "DE_IBAN", "DE_INCOME"],
    },
    Template {
        policy: "PAYMENTS",
        role: "FRAUD_DESK",
        operations: "pru",
        no_access: None,
        mask: None,
        elements: &["DE_CCN", "DE_IBAN", "DE_NAME"],
    },
    Template {
        policy: "PAYMENTS",
        role: "AUDIT",
        operations: "u",
        no_access: Some(NoAccess::Exception),
        mask: Some("FIRST_6_LAST_4"),
        elements: &["DE_CCN"],
    },
    Template {
        policy: "PAYMENTS",
        role: "AUDIT",
        operations: "u",
        no_access: Some(NoAccess::Exception),
        mask: Some("LAST_4"),
        elements: &["DE_IBAN"],
    },
    Template {
        policy: "PAYMENTS",
        role: "ANALYST",
        operations: "",
        no_access: Some(NoAccess::ProtectedValue),
        mask: None,
        elements: &["DE_CCN", "DE_IBAN", "DE_INCOME"],
    },
    Template {
        policy: "RESEARCH_DATA",
        role: "RESEARCH",
        operations: "u",
        no_access: Some(NoAccess::ProtectedValue),
        mask: None,
        elements: &["DE_DOB", "DE_INCOME", "DE_CITY"],
    },
];

pub(super) fn add(pim: &mut Repository) {
    for (name, description) in POLICIES {
        let rules = RULES.iter().filter(|template| template.policy == *name);
        let rules = rules.flat_map(|template| rules_of(pim, template)).collect();
        pim.policies.push(Policy {
            name: (*name).to_owned(),
            description: Some((*description).to_owned()),
            template: audited(""),
            rules,
        });
    }
}

fn rules_of(pim: &Repository, template: &Template) -> Vec<Rule> {
    let mask = template.mask.map(|mask| uid(&pim.masks, mask));
    let for_element = |element: &&str| Rule {
        role: uid(&pim.roles, template.role),
        mask: mask.clone().unwrap_or_else(|| NO_MASK.to_owned()),
        data_element: uid(&pim.data_elements, element),
        no_access_operation: template.no_access,
        permission: audited(template.operations),
    };
    template.elements.iter().map(for_element).collect()
}

/// Rights that log every failure, and the successes of an unprotect.
fn audited(letters: &str) -> Rights {
    let success = Operations {
        un_protect: true,
        ..Operations::default()
    };
    Rights {
        audit: Some(Audit {
            success,
            failed: rights("pru").access,
        }),
        ..rights(letters)
    }
}
