//! The portal as browsers, scripts and service managers meet it: over HTTP, and by its command line.

mod batches;
mod calls;
mod cluster_down;
mod commands;
mod endpoints;
mod entra;
mod exports;
mod forms;
mod headers;
mod origin;
mod secrets;
mod support;
mod uploads;
mod users;
