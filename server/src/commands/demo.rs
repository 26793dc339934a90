//! `postern demo`: the portal with a simulated cluster inside.

use std::{net::SocketAddr, sync::LazyLock};

use app::visit::DemoAccount;
use gate::SessionRules;
use protegrity::ClientConfig;
use simulator::{DEMO_ACCOUNTS, Simulator};
use url::Url;

use super::{Failure, listen, serve, shutdown, simulate};
use crate::{
    cli,
    http::{Demo, Portal},
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
    let cluster_url = format!("http://{}", cluster.local_addr()?);
    let stop = shutdown::requested();
    println!("simulator: {cluster_url}");
    let simulator = Simulator::new(simulate::options(&flags.cluster));
    tokio::spawn(simulator.serve(cluster, stop));

    let listener = listen(flags.listen).await?;
    let public_url = serve::public_url(None, listener.local_addr()?);
    let cluster = Url::parse(&cluster_url).expect("a socket address makes an http address");
    let gate = serve::gate(ClientConfig::new(cluster), SessionRules::default())?;
    let portal = Portal::new(gate, &public_url, Demo(Some(&ACCOUNTS)));
    let router = portal.clone().router(listener.local_addr()?);
    #[cfg(debug_assertions)]
    let router = match flags.dev {
        Some(account) => super::dev::add(router, account),
        None => router,
    };
    serve::portal(listener, &portal, router, &public_url).await
}
