//! The shared kit of the screen: the parts that every page is made of, rendered on the server alone.

mod action;
mod assets;
mod caution;
mod dialog;
mod field;
mod icon;
mod list;
mod page;
mod password;
mod pick;
mod state;
mod table;
mod text;

pub use action::{Denied, DialogButton, LinkButton, SubmitButton, missing_permission};
pub use assets::{Assets, asset};
pub use caution::Caution;
pub use dialog::{ConfirmDialog, PostForm};
pub use field::{
    CheckField, Choice, FieldKind, FileField, RadioGroup, SelectField, TextAreaField, TextField,
};
pub use icon::Icon;
pub use list::{
    CellText, ColumnSpec, FilterSpec, ListPage, ListSpec, ListState, ListView, Selection, Window, csv,
    csv_of, matching, options, page_of,
};
pub use page::{DescriptionList, Detail, PageHeader, PageTitle, Section};
pub use password::{LONGEST_PASSWORD, NewPasswordField, PasswordOwner};
pub use pick::{FieldGroup, Pick, RolePicker, SearchPicker, SureField};
pub use state::{EmptyState, ErrorState, Flash, FlashMessage, LoadingState, Notice};
pub use table::Table;
pub use text::{Badge, Copyable, MaybeText, Now, Tone, When, counted, grouped, iso_time};
