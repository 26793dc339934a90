//! The shared kit of the screen: the parts that every page is made of, rendered on the server alone.

mod action;
mod assets;
mod caution;
mod confirm;
mod demo;
mod dialog;
mod field;
mod file_format;
mod icon;
mod list;
mod loading;
mod page;
mod password;
mod pick;
mod review;
mod role_table;
mod state;
mod table;
mod text;

pub use action::{Denied, DialogButton, LinkButton, SubmitButton};
pub use assets::{Assets, asset};
pub use caution::Caution;
pub use confirm::ConfirmationFields;
pub use demo::DemoAccounts;
pub use dialog::{ConfirmDialog, DeleteDialog, FormActions, PostForm};
pub use field::{
    CheckField, Choice, FieldKind, FileField, RadioGroup, SelectField, TextAreaField, TextField,
};
pub use file_format::FileFormat;
pub use icon::Icon;
pub use list::{Column, List, ListPage, ListState, Selection, Window, csv_of};
pub use loading::{LoadingList, loading_events};
pub use operations::{
    missing_permission,
    text::{counted, grouped},
};
pub use page::{DescriptionList, Detail, Page, PageHeader, PageLinks, Section};
pub use password::{NewPasswordField, PasswordSubject};
pub use pick::{ConfirmField, FieldGroup, Pick, RolePicker, SearchPicker};
pub use review::{ChangeList, ChangeTable, NothingToReview, ReviewForm};
pub use role_table::{RoleRow, RoleTable};
pub use state::{EmptyState, ErrorState, Flash, FlashMessage, LoadingState, Notice};
pub use table::Table;
pub use text::{Badge, Copyable, MaybeText, Now, Tone, When, iso_time, readable_time};
