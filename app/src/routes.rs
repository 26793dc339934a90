//! Every page and every server function with the action that each one is.
//!
//! The guard in front of the pages reads this table, and a test walks it: a page or function that
//! is not in it is not reachable.

use gate::Action;

/// The pages: the path as the router spells it, and the action.
pub const PAGES: &[(&str, Action)] = &[
    ("/sign-in", Action::SignIn),
    ("/", Action::SeeOverview),
    ("/users", Action::ListUsers),
    ("/users/new", Action::CreateUser),
    ("/users/many", Action::ListUsers),
    ("/users/import", Action::ImportUsers),
    ("/users/{id}", Action::SeeUser),
    ("/users/{id}/edit", Action::EditUser),
    ("/batches/{id}", Action::SeeBatch),
    ("/groups", Action::ListGroups),
    ("/groups/new", Action::CreateGroup),
    ("/groups/{id}", Action::SeeGroup),
    ("/groups/{id}/edit", Action::UpdateGroup),
    ("/roles", Action::ListRoles),
    ("/roles/new", Action::CreateRole),
    ("/roles/compare", Action::ListRoles),
    ("/roles/{name}", Action::SeeRole),
    ("/roles/{name}/edit", Action::UpdateRole),
    ("/access", Action::SeeAccess),
    ("/saml", Action::ListSamlProviders),
    ("/saml/new", Action::CreateSamlProvider),
    ("/saml/{alias}", Action::SeeSamlProvider),
    ("/saml/{alias}/edit", Action::UpdateSamlProvider),
    ("/password-policy", Action::SeePasswordPolicy),
    ("/password-policy/edit", Action::UpdatePasswordPolicy),
    ("/entra", Action::SeeEntra),
    ("/entra/edit", Action::ConfigureEntra),
    ("/entra/users", Action::SeeEntra),
    ("/entra/groups", Action::SeeEntra),
    ("/entra/groups/{id}", Action::SeeEntra),
    ("/entra/import", Action::ImportFromEntra),
    ("/services", Action::SeeServices),
    ("/session", Action::SeeOwnSession),
    ("/session/password", Action::ChangeOwnPassword),
    ("/tokens", Action::UpdateTokenLifespan),
    ("/ui", Action::SeeParts),
];

/// The server functions: the path of the POST, and the action.
pub const FUNCTIONS: &[(&str, Action)] = &[
    ("/api/sign-in", Action::SignIn),
    ("/api/sign-out", Action::SignOut),
    ("/api/theme", Action::ChooseTheme),
    ("/api/users/lock", Action::LockUser),
    ("/api/users/unlock", Action::UnlockUser),
    ("/api/users/create", Action::CreateUser),
    ("/api/users/edit", Action::EditUser),
    ("/api/users/delete", Action::DeleteUser),
    ("/api/users/reset-password", Action::ResetPassword),
    ("/api/users/find", Action::ListUsers),
    ("/api/users/many", Action::ListUsers),
    ("/api/users/import", Action::ImportUsers),
    ("/api/groups/find", Action::ListGroups),
    ("/api/groups/create", Action::CreateGroup),
    ("/api/groups/edit", Action::UpdateGroup),
    ("/api/groups/delete", Action::DeleteGroup),
    ("/api/roles/create", Action::CreateRole),
    ("/api/roles/edit", Action::UpdateRole),
    ("/api/roles/delete", Action::DeleteRole),
    ("/api/batches/stop", Action::SteerBatch),
    ("/api/batches/retry", Action::SteerBatch),
    ("/api/batches/follow", Action::SteerBatch),
    ("/api/saml/create", Action::CreateSamlProvider),
    ("/api/saml/update", Action::UpdateSamlProvider),
    ("/api/saml/enable", Action::UpdateSamlProvider),
    ("/api/saml/disable", Action::UpdateSamlProvider),
    ("/api/saml/mappers/create", Action::CreateSamlMapper),
    ("/api/saml/mappers/delete", Action::DeleteSamlMapper),
    ("/api/saml/delete", Action::DeleteSamlProvider),
    ("/api/password-policy/update", Action::UpdatePasswordPolicy),
    ("/api/password/judge", Action::JudgePassword),
    ("/api/session/refresh", Action::RefreshSession),
    ("/api/session/password", Action::ChangeOwnPassword),
    ("/api/tokens/lifespan", Action::UpdateTokenLifespan),
    ("/api/entra/save", Action::ConfigureEntra),
    ("/api/entra/test", Action::TestEntra),
    ("/api/entra/find/users", Action::SeeEntra),
    ("/api/entra/find/groups", Action::SeeEntra),
    ("/api/entra/dry-run", Action::ImportFromEntra),
    ("/api/entra/import", Action::ImportFromEntra),
    ("/api/entra/delete", Action::DeleteEntra),
];

/// The lists that can be had as a file: the name under `/export/`, and the action.
pub const EXPORTS: &[(&str, Action)] = &[
    ("users.csv", Action::ListUsers),
    ("groups.csv", Action::ListGroups),
    ("roles.csv", Action::ListRoles),
    ("access.csv", Action::SeeAccess),
    ("saml.csv", Action::ListSamlProviders),
    ("entra-import.csv", Action::ImportFromEntra),
];

/// The action of the file of this name.
pub fn export_action(file: &str) -> Option<Action> {
    find(EXPORTS, file)
}

/// The action of the page at this path of the router.
pub fn page_action(path: &str) -> Option<Action> {
    find(PAGES, path)
}

/// The action of the server function at this path.
pub fn function_action(path: &str) -> Option<Action> {
    find(FUNCTIONS, path)
}

fn find(table: &[(&str, Action)], path: &str) -> Option<Action> {
    table
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(_, action)| *action)
}
