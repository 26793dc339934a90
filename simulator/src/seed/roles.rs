//! The seeded roles: the packaged roles, those of the Policy Workbench, and those of the demo accounts.

use crate::state::Role;

/// The roles of a new cluster.
pub(crate) fn roles() -> Vec<Role> {
    let all = PACKAGED.iter().chain(WORKBENCH).chain(DEMO);
    all.map(|(name, description, permissions)| {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        Role::new((*name).to_owned(), Some((*description).to_owned()), permissions)
    })
    .collect()
}

type Template = (&'static str, &'static str, &'static [&'static str]);

/// With the texts and in the order of the reference's sample (lines 781-812).
const PACKAGED: &[Template] = &[
    (
        "directory_administrator",
        "Directory Administrator",
        &[
            "saml_admin",
            "role_admin",
            "user_manager_admin",
            "can_create_token",
            "password_policy_admin",
            "group_admin",
        ],
    ),
    (
        "directory_viewer",
        "Directory Viewer",
        &[
            "saml_viewer",
            "password_policy_viewer",
            "user_manager_viewer",
            "role_viewer",
            "group_viewer",
        ],
    ),
    (
        "security_administrator",
        "Security Administrator",
        &[
            "can_fetch_package",
            "role_admin",
            "web_admin",
            "cli_access",
            "saml_admin",
            "can_export_certificates",
            "user_manager_admin",
            "can_create_token",
            "password_policy_admin",
            "group_admin",
            "insight_admin",
        ],
    ),
    (
        "security_viewer",
        "Security Administrator Viewer",
        &[
            "saml_viewer",
            "password_policy_viewer",
            "insight_viewer",
            "user_manager_viewer",
            "role_viewer",
            "group_viewer",
        ],
    ),
];

/// The roles of the notes, section 5. `workbench_administrator` has the permission to read too, as the vendor's own
/// client sets it: writing does not imply reading.
const WORKBENCH: &[Template] = &[
    (
        "workbench_administrator",
        "Workbench Administrator",
        &[
            "workbench_management_policy_write",
            "workbench_management_policy_read",
            "workbench_deployment_immutablepackage_export",
            "workbench_deployment_certificate_export",
        ],
    ),
    (
        "workbench_viewer",
        "Workbench Viewer",
        &["workbench_management_policy_read"],
    ),
    (
        "workbench_deployment_administrator",
        "Workbench Deployment Administrator",
        &[
            "workbench_deployment_immutablepackage_export",
            "workbench_deployment_certificate_export",
        ],
    ),
];

const DEMO: &[Template] = &[
    (
        "helpdesk_operator",
        "Helps people back into their accounts",
        &[
            "user_manager_admin",
            "group_viewer",
            "role_viewer",
            "can_create_token",
        ],
    ),
    (
        "policy_officer",
        "Writes and deploys policies",
        &[
            "workbench_management_policy_write",
            "workbench_management_policy_read",
            "workbench_deployment_immutablepackage_export",
            "can_create_token",
        ],
    ),
    (
        "portal_auditor",
        "Reads everything, changes nothing",
        &[
            "role_viewer",
            "user_manager_viewer",
            "group_viewer",
            "password_policy_viewer",
            "saml_viewer",
            "insight_viewer",
            "workbench_management_policy_read",
            "can_create_token",
        ],
    ),
];
