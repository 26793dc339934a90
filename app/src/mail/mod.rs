//! Proofpoint Essentials: the connection of the session, organisations, domains, licences and users.

mod connect;

pub use connect::{ConnectProofpoint, DisconnectProofpoint, connect_proofpoint, disconnect_proofpoint, page};
