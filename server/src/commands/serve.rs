//! `postern serve`: the portal against real systems.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use gate::{Clock, Gate, GateConfig, MemoryVault, SessionRules};
use protegrity::{Client, ClientConfig};
use tokio::net::TcpListener;
use tower_sessions::ExpiredDeletion;
use url::Url;

use super::{Failure, listen, shutdown};
use crate::{
    cli,
    http::{self, Demo, Portal},
    settings::{self, Settings},
};

/// How often ended sessions are forgotten.
const SWEEP: Duration = Duration::from_mins(1);

/// How long requests under way may take when the process is asked to stop.
const GRACE: Duration = Duration::from_secs(5);

pub(super) async fn run(flags: cli::Serve) -> Result<(), Failure> {
    let settings = Settings::read(&flags.config, flags.listen, flags.public_url.as_deref())?;
    for key in settings.unused() {
        tracing::warn!(
            key,
            "this setting is read, but nothing in this version uses it yet"
        );
    }
    for variable in settings::unknown_variables() {
        tracing::warn!(variable, "there is no such setting");
    }
    let gate = gate(settings.cluster()?, settings.session_rules())?;
    let listener = listen(settings.listen).await?;
    let public_url = public_url(settings.public_url.as_ref(), listener.local_addr()?);
    if let Some(address) = settings.ops_listen {
        let ops = listen(address).await?;
        tracing::info!(%address, "health answers here");
        let router = http::ops_router::<()>(gate.clone());
        tokio::spawn(async move { axum::serve(ops, router).await });
    }
    let mut served = Portal::new(gate, &public_url, Demo(None));
    served.ops_elsewhere = settings.ops_listen.is_some();
    let router = served.clone().router(listener.local_addr()?);
    portal(listener, &served, router, &public_url).await
}

/// A gate in front of this cluster, with everything in memory.
pub(super) fn gate(cluster: ClientConfig, rules: SessionRules) -> Result<Gate, Failure> {
    Ok(Gate::new(GateConfig {
        cluster: Client::new(cluster)?,
        vault: Arc::new(MemoryVault::default()),
        rules,
        clock: Clock::default(),
    }))
}

/// The origin that browsers see: the setting, or the address that is listened on.
pub(super) fn public_url(setting: Option<&Url>, address: SocketAddr) -> Url {
    setting.cloned().unwrap_or_else(|| {
        Url::parse(&format!("http://{address}")).expect("a socket address makes an http address")
    })
}

/// Serves the portal's router until the process is asked to stop.
pub(super) async fn portal(
    listener: TcpListener,
    portal: &Portal,
    router: Router,
    public_url: &Url,
) -> Result<(), Failure> {
    let (gate, sessions) = (portal.gate.clone(), portal.sessions.clone());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP).await;
            if let Err(error) = gate.sweep().await {
                tracing::warn!(%error, "ended sessions could not be forgotten");
            }
            if let Err(error) = sessions.delete_expired().await {
                tracing::warn!(%error, "expired session records could not be forgotten");
            }
        }
    });
    let stop = shutdown::requested();
    println!("portal: {}", public_url.as_str().trim_end_matches('/'));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    tokio::select! {
        result = server => Ok(result?),
        () = async { let _ = stopped.await; tokio::time::sleep(GRACE).await; } => Ok(()),
    }
}
