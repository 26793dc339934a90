//! The shared kit of the screen: the parts that every page is made of, rendered on the server alone.

mod action;
mod assets;
mod dialog;
mod field;
mod icon;
mod list;
mod page;
mod state;
mod table;
mod text;

pub use action::{Denied, DialogButton, LinkButton, SubmitButton, missing_permission};
pub use assets::{Assets, asset};
pub use dialog::{ConfirmDialog, PostForm};
pub use field::{CheckField, Choice, FieldKind, RadioGroup, SelectField, TextAreaField, TextField};
pub use icon::Icon;
pub use list::{ColumnSpec, FilterSpec, ListPage, ListSpec, ListState, ListView, Window};
pub use page::{DescriptionList, Detail, PageHeader, PageTitle, Section};
pub use state::{EmptyState, ErrorState, Flash, FlashMessage, LoadingState, Notice};
pub use table::Table;
pub use text::{Badge, Copyable, MaybeText, Now, Tone, When, grouped};
