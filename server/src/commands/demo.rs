//! `postern demo`: the portal with both simulated systems inside.

use std::{net::SocketAddr, sync::LazyLock};

use app::context::DemoAccount;
use gate::{SessionRules, System};
use proofpoint::Stack;
use protegrity::ClientConfig;
use simulator::{DEMO_ACCOUNTS, PROOFPOINT_ACCOUNTS, ProofpointOptions, Simulator};

use super::{
    Failure,
    backend::{Backend, public_url},
    listen, shutdown, simulate,
};
use crate::{
    cli,
    http::{Portal, PortalConfig, TrustedProxies},
};

/// The demo accounts as the pages list them that ask for one.
static ACCOUNTS: LazyLock<Vec<DemoAccount>> = LazyLock::new(|| {
    let account = |system, account: &simulator::DemoAccount| DemoAccount {
        system,
        user_name: account.user_name,
        password: account.password,
        about: account.description,
    };
    let cluster = DEMO_ACCOUNTS.iter().map(|of| account(System::Protegrity, of));
    let proofpoint = PROOFPOINT_ACCOUNTS
        .iter()
        .map(|of| account(System::Proofpoint, of));
    cluster.chain(proofpoint).collect()
});

pub(super) async fn run(flags: cli::Demo) -> Result<(), Failure> {
    if !flags.listen.ip().is_loopback() {
        return Err(Failure::NotLoopback);
    }
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let (cluster, mail) = (listen(free).await?, listen(free).await?);
    let cluster_url = public_url(None, cluster.local_addr()?);
    let mail_url = public_url(None, mail.local_addr()?);
    let stops = [shutdown::requested(), shutdown::requested()];
    println!("simulator: {}", cluster_url.as_str().trim_end_matches('/'));
    println!("proofpoint: {}", mail_url.as_str().trim_end_matches('/'));
    let [stop_cluster, stop_mail] = stops;
    let users = flags.cluster.users;
    tokio::spawn(Simulator::new(simulate::options(&flags.cluster)).serve(cluster, stop_cluster));
    tokio::spawn(Simulator::new(ProofpointOptions { users }).serve(mail, stop_mail));

    let listener = listen(flags.listen).await?;
    let backend = Backend::in_memory(
        ClientConfig::new(cluster_url),
        proofpoint::ClientConfig {
            simulator: Some(mail_url),
            ..proofpoint::ClientConfig::new(Stack::default())
        },
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
