//! The gate and the services of one portal, with the stores that keep its state.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use gate::{
    Clock, FlashStore, Gate, GateConfig, MemoryFlashes, MemorySessions, MemoryVault, SessionRules, Sessions,
    TracingAuditLog,
};
use operations::Services;
use protegrity::{Client, ClientConfig};
use tokio::net::TcpListener;
use tower_sessions::ExpiredDeletion;
use url::Url;

use super::{Failure, shutdown};
use crate::http::{self, Limits, PortalConfig, TrustedProxies};

/// How often ended sessions and old copies are dropped.
const SWEEP: Duration = Duration::from_mins(1);

/// How long changes that were sent may take when the process is asked to stop, after the requests under way.
const GRACE: Duration = Duration::from_secs(20);

/// The gate and the services, with the stores of the HTTP side.
pub(super) struct Backend<S> {
    pub gate: Gate,
    services: Services,
    sessions: S,
    flashes: Arc<dyn FlashStore>,
}

impl Backend<MemorySessions> {
    /// A backend in front of this cluster that keeps everything in memory: a restart signs everyone out.
    pub fn in_memory(
        cluster: ClientConfig,
        proofpoint: proofpoint::ClientConfig,
        rules: SessionRules,
        deploy_approval: bool,
    ) -> Result<Self, Failure> {
        let gate = Gate::new(GateConfig {
            cluster: Client::new(cluster)?,
            proofpoint: proofpoint::Client::new(proofpoint)?,
            vault: Arc::new(MemoryVault::default()),
            audit: Arc::new(TracingAuditLog),
            rules,
            clock: Clock::default(),
        });
        Ok(Self {
            services: Services::new(gate.clock()).with_deploy_approval(deploy_approval),
            gate,
            sessions: MemorySessions::default(),
            flashes: Arc::new(MemoryFlashes::default()),
        })
    }
}

impl<S: ExpiredDeletion + Clone> Backend<S> {
    /// The parts of a portal that browsers see at this origin.
    pub fn portal(&self, public_url: Url) -> PortalConfig {
        PortalConfig {
            gate: self.gate.clone(),
            services: self.services.clone(),
            sessions: Sessions::new(self.sessions.clone()),
            flashes: Arc::clone(&self.flashes),
            public_url,
            demo_accounts: None,
            has_ops_listener: false,
            limits: Limits::default(),
            proxies: TrustedProxies::default(),
        }
    }

    /// Serves the portal's router until the process is asked to stop.
    pub async fn serve(
        self,
        listener: TcpListener,
        router: Router,
        public_url: &Url,
        proxies: TrustedProxies,
    ) {
        let (gate, services) = (self.gate.clone(), self.services.clone());
        tokio::spawn(self.sweep());
        let requested = shutdown::requested();
        println!("portal: {}", public_url.as_str().trim_end_matches('/'));
        let jobs = services.jobs.clone();
        let stopping = async move {
            requested.await;
            // Before the connections are closed: the pages that follow a job learn of it.
            jobs.interrupt().await;
        };
        http::serve(listener, router, Limits::default(), proxies, stopping).await;
        let settled = async {
            services.jobs.settled().await;
            gate.settled().await;
        };
        if tokio::time::timeout(GRACE, settled).await.is_err() {
            tracing::warn!("some changes under way have no outcome in the audit log");
        }
    }

    /// Drops what has ended or is too old, at intervals.
    async fn sweep(self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.services.sweep().await;
            if let Err(error) = self.gate.sweep().await {
                tracing::warn!(%error, "ended sessions could not be removed from the vault");
            }
            if let Err(error) = self.sessions.delete_expired().await {
                tracing::warn!(%error, "expired session records could not be removed");
            }
        }
    }
}

/// The origin that browsers see: the setting, or the listener's address.
pub(super) fn public_url(setting: Option<&Url>, address: SocketAddr) -> Url {
    setting.cloned().unwrap_or_else(|| {
        Url::parse(&format!("http://{address}")).expect("a socket address makes an http address")
    })
}
