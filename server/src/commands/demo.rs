//! `postern demo`: the portal with a simulated cluster inside.

use std::{net::SocketAddr, sync::LazyLock};

use app::context::DemoAccount;
use gate::SessionRules;
use protegrity::ClientConfig;
use simulator::{DEMO_ACCOUNTS, Simulator};

use super::{
    Failure,
    backend::{Backend, public_url},
    listen, shutdown, simulate,
};
use crate::{
    cli,
    http::{Portal, PortalConfig, TrustedProxies},
};

/// The demo accounts as the sign-in page lists them.
static ACCOUNTS: LazyLock<Vec<DemoAccount>> = LazyLock::new(|| {
    let account = |account: &simulator::DemoAccount| DemoAccount {
        user_name: account.user_name,
        password: account.password,
        about: account.description,
    };
    DEMO_ACCOUNTS.iter().map(account).collect()
});

pub(super) async fn run(flags: cli::Demo) -> Result<(), Failure> {
    if !flags.listen.ip().is_loopback() {
        return Err(Failure::NotLoopback);
    }
    let cluster = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let cluster_url = public_url(None, cluster.local_addr()?);
    let stop = shutdown::requested();
    println!("simulator: {}", cluster_url.as_str().trim_end_matches('/'));
    let simulator = Simulator::new(simulate::options(&flags.cluster));
    tokio::spawn(simulator.serve(cluster, stop));

    let listener = listen(flags.listen).await?;
    let backend = Backend::in_memory(
        ClientConfig::new(cluster_url),
        proofpoint::ClientConfig::new(proofpoint::Stack::default()),
        SessionRules::default(),
        flags.deploy_approval,
    )?;
    let portal = PortalConfig {
        demo_accounts: Some(&ACCOUNTS),
        ..backend.portal(public_url(None, listener.local_addr()?))
    };
    let address = listener.local_addr()?;
    let url = portal.public_url.clone();
    let router = Portal::new(portal).router(address);
    #[cfg(debug_assertions)]
    let router = match flags.dev {
        Some(account) => super::dev::add(router, account),
        None => router,
    };
    backend
        .serve(listener, router, &url, TrustedProxies::default())
        .await;
    Ok(())
}
