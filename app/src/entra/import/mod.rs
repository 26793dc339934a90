//! `/entra/import`: importing users and groups, in four steps that work without script.
//!
//! Choosing and giving roles are one form, so that nothing has to be kept between them. Sent, it makes a
//! dry run; what was tried is recorded (see [`Plans`](super::Plans)), and only the page of that record has
//! the button of the import. Afterwards the cluster is asked who is there, because its answer to an import
//! only counts (notes on the reference, row 61).

mod actions;
mod choose;
mod order;
mod page;
mod report;
mod there;
mod views;

pub use actions::{RunEntraImport, TryEntraImport, run_entra_import, try_entra_import};
pub(super) use order::Plan;
pub use page::EntraImportPage;
pub(super) use report::Report;
pub(crate) use report::export;
