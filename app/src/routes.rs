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
    ("/users/{id}", Action::SeeUser),
    ("/services", Action::SeeServices),
    ("/session", Action::SeeOwnSession),
    ("/ui", Action::SeeParts),
];

/// The server functions: the path of the POST, and the action.
pub const FUNCTIONS: &[(&str, Action)] = &[
    ("/api/sign-in", Action::SignIn),
    ("/api/sign-out", Action::SignOut),
    ("/api/theme", Action::ChooseTheme),
    ("/api/users/lock", Action::LockUser),
    ("/api/users/unlock", Action::UnlockUser),
];

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
