//! The table kit: state in the address, plain links and forms, pure page arithmetic.

mod rows;
mod state;
mod tools;
mod view;

pub use rows::{CellText, csv, csv_of, matching, page_of};
pub use state::{ColumnSpec, FilterSpec, ListPage, ListSpec, ListState, Window, options};
pub use view::{ListView, Selection};
