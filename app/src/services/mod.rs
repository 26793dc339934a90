//! The cluster's services: are they up, which version, how much they log.

mod health;
mod page;

pub use health::Health;
pub use page::ServicesPage;

use protegrity::Api;

/// What a service is for, and the name of its API.
const fn name(api: Api) -> &'static str {
    match api {
        Api::Auth => "Authentication and tokens (auth)",
        Api::Pim => "Policy management (pim)",
        Api::Rps => "Resilient packages (rps)",
    }
}
