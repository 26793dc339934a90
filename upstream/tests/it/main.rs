//! The transport against servers on this machine.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod credentials;
mod download;
mod lenient;
mod stub;
mod tokens;
mod transport;

use serde_json::Value;
use upstream::{Call, Config, Endpoint, Error, Transport};

const SYSTEM: &str = "test system";
const THINGS: Endpoint = endpoint("GET /things");

const fn endpoint(name: &'static str) -> Endpoint {
    Endpoint { system: SYSTEM, name }
}

fn config(url: &str) -> Config {
    Config::new(url.parse().unwrap())
}

fn transport(url: &str) -> Transport {
    Transport::new(config(url)).unwrap()
}

fn get_things<'a>() -> Call<'a> {
    Call::get(THINGS, "/things".to_owned())
}

async fn things(transport: &Transport) -> Result<Vec<Value>, Error> {
    transport.send(&get_things()).await?.list("things")
}
