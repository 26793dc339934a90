//! The portal as browsers, scripts and service managers use it: over HTTP, and by its command line.

mod calls;
mod cluster_down;
mod commands;
mod endpoints;
mod entra;
mod exports;
mod forms;
mod headers;
mod jobs;
mod origin;
mod secrets;
mod support;
mod uploads;
mod users;
