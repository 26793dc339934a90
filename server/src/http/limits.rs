//! Bounds on what callers may hold of the portal.

use std::time::Duration;

/// Bounds on connections and bodies. The defaults are for a portal of some hundred people.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take, and the first byte on a new connection.
    pub header_timeout: Duration,
    /// How long the body of a form may take.
    pub body_timeout: Duration,
    /// How long a connection stays open without a request, or without taking what is sent.
    pub idle_timeout: Duration,
    /// How long requests under way may take when the process is asked to stop.
    pub grace: Duration,
    /// How many connections are open at a time. Further ones wait until one is closed.
    pub connections: usize,
    /// How many of them come from one address. Further ones are closed.
    pub connections_of_one_address: usize,
    /// How many bytes of bodies are held at a time.
    pub bodies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            // Longer than proxies keep theirs by default, so that none sends a request on a connection just closed.
            idle_timeout: Duration::from_secs(75),
            grace: Duration::from_secs(5),
            // Below the 1,024 files that a process may usually open, with the connections to the cluster.
            connections: 800,
            connections_of_one_address: 200,
            bodies: 64 * 1024 * 1024,
        }
    }
}
