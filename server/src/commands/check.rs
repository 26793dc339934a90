//! `postern check`: whether the settings can be used and the cluster answers.

use protegrity::{Api, Client};

use super::Failure;
use crate::{
    cli,
    settings::{self, Settings},
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
    let client = Client::new(settings.cluster()?)?;
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
    if failed == 0 {
        Ok(())
    } else {
        Err(Failure::Checks(failed))
    }
}
