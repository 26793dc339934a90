//! The permissions we know by name, and which one includes which.
//!
//! Never the whole truth: `GET /permissions` is (notes section 5). Names beyond these are kept and shown.

use crate::PermissionName;

pub const ROLE_ADMIN: &str = "role_admin";
pub const ROLE_VIEWER: &str = "role_viewer";
pub const USER_MANAGER_ADMIN: &str = "user_manager_admin";
pub const USER_MANAGER_VIEWER: &str = "user_manager_viewer";
pub const GROUP_ADMIN: &str = "group_admin";
pub const GROUP_VIEWER: &str = "group_viewer";
pub const PASSWORD_POLICY_ADMIN: &str = "password_policy_admin";
pub const PASSWORD_POLICY_VIEWER: &str = "password_policy_viewer";
pub const SAML_ADMIN: &str = "saml_admin";
pub const SAML_VIEWER: &str = "saml_viewer";
pub const CAN_FETCH_PACKAGE: &str = "can_fetch_package";
/// Without it a person cannot sign in at all: the login answers 403 (notes section 1).
pub const CAN_CREATE_TOKEN: &str = "can_create_token";
pub const CAN_EXPORT_CERTIFICATES: &str = "can_export_certificates";
pub const WEB_ADMIN: &str = "web_admin";
pub const CLI_ACCESS: &str = "cli_access";
pub const INSIGHT_ADMIN: &str = "insight_admin";
pub const INSIGHT_VIEWER: &str = "insight_viewer";

pub const WORKBENCH_POLICY_WRITE: &str = "workbench_management_policy_write";
pub const WORKBENCH_POLICY_READ: &str = "workbench_management_policy_read";
pub const WORKBENCH_PACKAGE_EXPORT: &str = "workbench_deployment_immutablepackage_export";
pub const WORKBENCH_CERTIFICATE_EXPORT: &str = "workbench_deployment_certificate_export";

/// All of the above and those of the optional Protegrity Agent: 17 packaged with the cluster (reference lines
/// 3215-3232), 4 of the Policy Workbench, 9 of the agent.
pub const KNOWN: &[&str] = &[
    ROLE_ADMIN,
    ROLE_VIEWER,
    USER_MANAGER_ADMIN,
    USER_MANAGER_VIEWER,
    GROUP_ADMIN,
    GROUP_VIEWER,
    PASSWORD_POLICY_ADMIN,
    PASSWORD_POLICY_VIEWER,
    SAML_ADMIN,
    SAML_VIEWER,
    CAN_FETCH_PACKAGE,
    CAN_CREATE_TOKEN,
    CAN_EXPORT_CERTIFICATES,
    WEB_ADMIN,
    CLI_ACCESS,
    INSIGHT_ADMIN,
    INSIGHT_VIEWER,
    WORKBENCH_POLICY_WRITE,
    WORKBENCH_POLICY_READ,
    WORKBENCH_PACKAGE_EXPORT,
    WORKBENCH_CERTIFICATE_EXPORT,
    "proagent_conversations_permission",
    "proagent_responses_permission",
    "proagent_health_permission",
    "proagent_readiness_permission",
    "proagent_liveness_permission",
    "proagent_version_permission",
    "proagent_ui_permission",
    "proagent_doc_permission",
    "proagent_log_permission",
];

/// Whether `name` is one of [`KNOWN`].
pub fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Whether who holds `held` may do what `needed` allows: the same permission, or the one it is [implied
/// by](implied_by).
pub fn implies(held: &str, needed: &str) -> bool {
    held == needed || implied_by(needed).is_some_and(|stronger| stronger.as_str() == held)
}

/// The stronger permission that includes `needed`, if there is one: `x_admin` for `x_viewer` (the packaged
/// `directory_administrator` has `saml_admin` and no `saml_viewer`, reference line 786). The workbench's write includes no
/// read: the vendor's own roles list both (notes section 9).
///
/// `web_admin` includes nothing, whatever a `web_viewer` might be: nothing documented says what it opens.
pub fn implied_by(needed: &str) -> Option<PermissionName> {
    let area = needed.strip_suffix("_viewer").filter(|area| !area.is_empty())?;
    let stronger = format!("{area}_admin");
    (stronger != WEB_ADMIN).then(|| stronger.into())
}
