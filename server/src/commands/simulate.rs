//! `postern simulate`: the simulated systems alone.

use simulator::{Certificate, Options, ProofpointOptions, Simulator, System};
use tokio::net::TcpListener;

use super::{Failure, listen, shutdown};
use crate::cli;

pub(super) async fn run(flags: cli::Simulate) -> Result<(), Failure> {
    let listener = listen(flags.listen).await?;
    let proofpoint = match flags.proofpoint_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let certificate = flags.tls.then(Certificate::self_signed).transpose()?;
    let scheme = if flags.tls { "https" } else { "http" };
    // Both listen for the request to stop before an address is printed.
    let stops = [shutdown::requested(), shutdown::requested()];
    println!("simulator: {scheme}://{}", listener.local_addr()?);
    if let Some(listener) = &proofpoint {
        println!("proofpoint: {scheme}://{}", listener.local_addr()?);
    }
    if let Some(certificate) = &certificate {
        println!("{}", certificate.pem().trim());
    }
    let [stop_cluster, stop_proofpoint] = stops;
    let cluster = serve(
        options(&flags.cluster),
        listener,
        certificate.clone(),
        stop_cluster,
    );
    let users = flags.cluster.users;
    let proofpoint = async {
        match proofpoint {
            Some(listener) => {
                serve(
                    ProofpointOptions { users },
                    listener,
                    certificate,
                    stop_proofpoint,
                )
                .await
            }
            None => Ok(()),
        }
    };
    tokio::try_join!(cluster, proofpoint)?;
    Ok(())
}

/// Serves a simulated system, over HTTPS with a certificate.
async fn serve<O: System>(
    options: O,
    listener: TcpListener,
    certificate: Option<Certificate>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let simulator = Simulator::new(options);
    match certificate {
        Some(certificate) => simulator.serve_tls(listener, certificate, stop).await?,
        None => simulator.serve(listener, stop).await?,
    }
    Ok(())
}

/// The simulator's options from the flags.
pub(super) fn options(flags: &cli::Cluster) -> Options {
    Options {
        users: flags.users,
        token_mode: flags.token_mode,
        pim: flags.pim,
    }
}
