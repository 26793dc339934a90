//! The table kit: state in the address, plain links and forms, pure page arithmetic.

mod state;
mod tools;
mod view;

pub use state::{ColumnSpec, FilterSpec, ListPage, ListSpec, ListState, Window};
pub use view::ListView;
