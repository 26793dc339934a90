//! The systems behind the portal, and what each permits.

use serde::{Deserialize, Serialize};

/// A system behind the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum System {
    /// The Protegrity cluster.
    Protegrity,
    /// Proofpoint Essentials.
    Proofpoint,
}

/// A permission of one system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// The system that grants it.
    pub system: System,
    /// The system's own name of it: `user_manager_admin`.
    pub name: &'static str,
}

impl Permission {
    /// A permission of the Protegrity cluster.
    pub const fn protegrity(name: &'static str) -> Self {
        Self {
            system: System::Protegrity,
            name,
        }
    }

    /// A permission of an account at Proofpoint Essentials.
    pub const fn proofpoint(name: &'static str) -> Self {
        Self {
            system: System::Proofpoint,
            name,
        }
    }
}
