//! [`Running`]: a simulator served in the background, for tests.

use crate::{Certificate, Options, Simulator, system::System};
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::oneshot};

/// A simulator served on a free port of 127.0.0.1. Dropping this value stops it.
#[derive(Debug)]
pub struct Running<O: System = Options> {
    simulator: Simulator<O>,
    scheme: &'static str,
    address: SocketAddr,
    /// Dropping it resolves the server's shutdown.
    _stop: oneshot::Sender<()>,
}

impl<O: System> Running<O> {
    /// Starts a simulator over HTTP.
    ///
    /// # Panics
    /// If no port of 127.0.0.1 is free.
    pub async fn start(options: O) -> Self {
        let (running, listener, stopped) = Self::bind(options, "http").await;
        let simulator = running.simulator.clone();
        tokio::spawn(async move {
            if let Err(error) = simulator.serve(listener, stopped).await {
                tracing::error!(%error, "the simulator stopped");
            }
        });
        running
    }

    /// Starts a simulator over HTTPS, and returns its certificate as PEM.
    ///
    /// # Panics
    /// If no port of 127.0.0.1 is free or no certificate can be generated.
    pub async fn start_tls(options: O) -> (Self, String) {
        let certificate =
            Certificate::self_signed().expect("the loopback names are valid names of a certificate");
        let pem = certificate.pem().to_owned();
        let (running, listener, stopped) = Self::bind(options, "https").await;
        let simulator = running.simulator.clone();
        tokio::spawn(async move {
            if let Err(error) = simulator.serve_tls(listener, certificate, stopped).await {
                tracing::error!(%error, "the simulator stopped");
            }
        });
        (running, pem)
    }

    /// The base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The simulated system, for its controls.
    pub const fn simulator(&self) -> &Simulator<O> {
        &self.simulator
    }

    async fn bind(
        options: O,
        scheme: &'static str,
    ) -> (Self, TcpListener, impl Future<Output = ()> + Send + 'static) {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let running = Self {
            simulator: Simulator::new(options),
            scheme,
            address,
            _stop: stop,
        };
        (running, listener, async move { drop(stopped.await) })
    }
}
