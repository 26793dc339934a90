//! The portal as browsers, scripts and service managers use it: over HTTP, and by its command line.

mod addresses;
mod calls;
mod cluster_down;
mod commands;
mod endpoints;
mod entra;
mod exports;
mod forms;
mod headers;
mod jobs;
mod limits;
mod mail;
mod mail_findings;
mod mail_users;
mod marking;
mod markup;
mod origin;
mod secrets;
mod sessions;
mod sign_in;
mod support;
mod uploads;
mod users;
