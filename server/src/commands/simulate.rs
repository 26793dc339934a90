//! `postern simulate`: the simulated cluster alone.

use simulator::{Certificate, Options, Simulator};

use super::{Failure, listen, shutdown};
use crate::cli;

pub(super) async fn run(flags: cli::Simulate) -> Result<(), Failure> {
    let listener = listen(flags.listen).await?;
    let address = listener.local_addr()?;
    let stop = shutdown::requested();
    let simulator = Simulator::new(options(&flags.cluster));
    if flags.tls {
        let certificate = Certificate::self_signed()?;
        println!("simulator: https://{address}");
        println!("{}", certificate.pem().trim());
        simulator.serve_tls(listener, certificate, stop).await?;
    } else {
        println!("simulator: http://{address}");
        simulator.serve(listener, stop).await?;
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
