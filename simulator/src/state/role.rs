//! [`Permission`], of which there is a fixed set, and [`Role`], a named set of permissions (reference, section 7).

use serde::Serialize;
use std::collections::BTreeSet;

/// A permission as `GET /permissions` shows it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Permission {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

const fn permission(name: &'static str, description: &'static str) -> Permission {
    Permission { name, description }
}

/// The 17 permissions of the reference's section 7, and the four of the Policy Workbench (notes, section 5).
pub(crate) const PERMISSIONS: &[Permission] = &[
    permission("role_admin", "Permission to manage roles with read-write access"),
    permission("role_viewer", "Permission to view roles with read-only access"),
    permission(
        "user_manager_admin",
        "Permission to manage users with read-write access",
    ),
    permission(
        "user_manager_viewer",
        "Permission to view users with read-only access",
    ),
    permission(
        "group_admin",
        "Permission to manage groups with read-write access",
    ),
    permission("group_viewer", "Permission to view groups with read-only access"),
    permission(
        "password_policy_admin",
        "Permission to update password policies with read-write access",
    ),
    permission(
        "password_policy_viewer",
        "Permission to view password policies with read-only access",
    ),
    permission(
        "saml_admin",
        "Permission to update SAML configurations with read-write access",
    ),
    permission(
        "saml_viewer",
        "Permission to view SAML configurations with read-only access",
    ),
    permission("can_fetch_package", "Permission to download resilient packages"),
    permission("can_create_token", "Permission to create/refresh tokens"),
    permission(
        "can_export_certificates",
        "Permission to download protector certificates",
    ),
    permission(
        "web_admin",
        "Permission to perform all operations available as part of the Web UI",
    ),
    permission("cli_access", "Permission to access CLI"),
    permission(
        "insight_admin",
        "Permission to view and edit Insight Dashboard with admin access",
    ),
    permission(
        "insight_viewer",
        "Permission to view Insight Dashboard with read-only access",
    ),
    permission(
        "workbench_management_policy_write",
        "Permission to manage policies and configurations",
    ),
    permission(
        "workbench_management_policy_read",
        "Permission to view policies and configurations",
    ),
    permission(
        "workbench_deployment_immutablepackage_export",
        "Permission to export encrypted resilient packages",
    ),
    permission(
        "workbench_deployment_certificate_export",
        "Permission to export protector certificates for dynamic packages",
    ),
];

/// A role, with its fields in the order of the reference's sample (line 781).
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Keycloak's term for a role that contains other roles, which are permissions here.
    pub(crate) composite: bool,
    pub(crate) permissions: Vec<String>,
}

impl Role {
    pub(crate) fn new(name: String, description: Option<String>, permissions: Vec<String>) -> Self {
        let mut role = Self {
            name,
            description,
            composite: false,
            permissions: Vec::new(),
        };
        role.set_permissions(permissions);
        role
    }

    /// Replaces the permissions, without duplicates.
    pub(crate) fn set_permissions(&mut self, permissions: Vec<String>) {
        let mut seen = BTreeSet::new();
        self.permissions = permissions
            .into_iter()
            .filter(|name| seen.insert(name.clone()))
            .collect();
        self.composite = !self.permissions.is_empty();
    }
}

/// Whether the permissions contain the required one, or the `_admin` one that implies a `_viewer` one: the packaged
/// `directory_administrator` has `saml_admin` without `saml_viewer` (reference, line 786). The permissions of the
/// workbench to read and to write are judged each by itself (notes, section 9).
pub(crate) fn grants(permissions: &BTreeSet<&str>, required: &str) -> bool {
    let stronger = required
        .strip_suffix("_viewer")
        .map(|area| format!("{area}_admin"));
    permissions.contains(required) || stronger.is_some_and(|stronger| permissions.contains(stronger.as_str()))
}
