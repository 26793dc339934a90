//! The document, the navigation, the signed-in person and the flash message around every page.

mod actions;
mod compared;
mod document;
mod frame;
mod refused;
mod render;

use self::document::document;
pub use self::{
    actions::{SetTheme, set_theme},
    compared::ComparedSection,
    frame::FlashNotice,
    render::{Rendered, render, render_not_found},
};
