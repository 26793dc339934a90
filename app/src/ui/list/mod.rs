//! The list kit: typed columns, state in the address, plain links and forms, pure page arithmetic.

mod columns;
mod rows;
mod state;
mod tools;
mod view;

pub use columns::{Column, List, Selection};
pub use rows::csv_of;
pub use state::{ListPage, ListState, Window};
