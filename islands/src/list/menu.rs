//! The fields of the menu of columns, where it belongs to the form of a list whose rows can be ticked. The form sends them
//! with a search too; they count with the menu's button alone.

/// The keys of the columns to show.
pub const COLUMNS: &str = "show[]";
/// The rows a page.
pub const ROWS: &str = "show_rows";
/// The name of the button.
pub const BUTTON: &str = "choose";
