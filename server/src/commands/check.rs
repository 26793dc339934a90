//! `postern check`: whether the settings can be used and both systems answer.

use futures::future;
use protegrity::{Api, Client};

use super::Failure;
use crate::{
    cli,
    settings::{self, Proofpoint, Settings},
};

pub(super) async fn run(flags: &cli::Config) -> Result<(), Failure> {
    let settings = Settings::read(flags, None, None)?;
    println!("settings: ok");
    for key in settings.unused() {
        println!("settings: {key} is read, but nothing in this version uses it yet");
    }
    for variable in settings::unknown_variables() {
        println!("settings: there is no setting {variable}");
    }
    let failed = cluster(&Client::new(settings.cluster()?)?).await + proofpoint(&settings.proofpoint).await?;
    if failed == 0 {
        Ok(())
    } else {
        Err(Failure::Checks(failed))
    }
}

/// Asks each service of the cluster, and returns how many failed.
async fn cluster(client: &Client) -> usize {
    let mut failed = 0;
    for api in Api::ALL {
        match client.version(api).await {
            Ok(version) => println!(
                "cluster, {api}: version {}",
                version.version.unwrap_or_else(|| "unknown".to_owned())
            ),
            // These two answer only where the Policy Workbench is installed.
            Err(error) if api != Api::Auth && error.status() == Some(404) => {
                println!("cluster, {api}: not installed");
            }
            Err(error) => {
                failed += 1;
                println!("cluster, {api}: {error}");
            }
        }
    }
    failed
}

/// Asks each instance of Proofpoint Essentials, and returns how many failed. Where no setting of Proofpoint is set, the
/// portal may be for the cluster alone, and where one is, the instances of other organisations may be out of reach on
/// purpose: then what cannot be reached is said, and is no failure.
async fn proofpoint(settings: &Proofpoint) -> Result<usize, Failure> {
    let client = proofpoint::Client::new(settings.client()?)?;
    let is_used = *settings != Proofpoint::default();
    let reached = future::join_all(client.instances().map(|instance| client.reach(instance))).await;
    let mut failed = 0;
    for (instance, reached) in client.instances().zip(reached) {
        match reached {
            Ok(()) => println!("Proofpoint, {instance}: it answers"),
            Err(error) if is_used && *instance == client.first() => {
                failed += 1;
                println!("Proofpoint, {instance}: {error}");
            }
            Err(error) => {
                println!("Proofpoint, {instance}: {error} (needed for the organisations there alone)");
            }
        }
    }
    Ok(failed)
}
