//! `postern serve`: the portal against real systems.

use super::{
    Failure,
    backend::{Backend, public_url},
    listen, shutdown,
};
use crate::{
    cli,
    http::{self, Limits, Portal, PortalConfig, TrustedProxies},
    settings::{self, Settings},
};

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
    let backend = Backend::in_memory(
        settings.cluster()?,
        settings.proofpoint.client()?,
        settings.session_rules(),
        settings.deploy_approval,
    )?;
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr()?;
    let public_url = public_url(settings.public_url.as_ref(), address);
    let proxies = TrustedProxies::new(settings.trusted_proxies.clone());
    if let Some(address) = settings.ops_listen {
        let ops = listen(address).await?;
        tracing::info!(%address, "health and metrics answer here");
        let router = http::ops_router::<()>(backend.gate.clone());
        let serving = http::serve(
            ops,
            router,
            Limits::default(),
            proxies.clone(),
            shutdown::requested(),
        );
        tokio::spawn(serving);
    }
    let portal = PortalConfig {
        has_ops_listener: settings.ops_listen.is_some(),
        proxies: proxies.clone(),
        ..backend.portal(public_url.clone())
    };
    let router = Portal::new(portal).router(address);
    backend.serve(listener, router, &public_url, proxies).await;
    Ok(())
}
