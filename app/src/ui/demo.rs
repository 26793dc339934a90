//! The accounts of the simulators, in demo mode.

use gate::System;
use leptos::prelude::*;

use crate::context::DemoAccount;

/// The accounts of a system's simulator; nothing outside demo mode.
#[component]
pub fn DemoAccounts(
    /// Those of all systems.
    accounts: Option<&'static [DemoAccount]>,
    /// The system.
    system: System,
    /// The label of the field that takes their name.
    label: &'static str,
) -> impl IntoView {
    let accounts: Vec<_> = accounts
        .unwrap_or_default()
        .iter()
        .filter(|account| account.system == system)
        .collect();
    let password = accounts.first()?.password;
    let simulated = match system {
        System::Protegrity => "a simulated cluster",
        System::Proofpoint => "a simulated Proofpoint Essentials",
    };
    let rows = accounts
        .iter()
        .map(|account| {
            view! {
                <tr><th scope="row"><code>{account.user_name}</code></th><td>{account.about}</td></tr>
            }
        })
        .collect_view();
    Some(view! {
        <section class="sign-in-card accounts" aria-labelledby="demo-accounts">
            <h2 id="demo-accounts">"Demo accounts"</h2>
            <p>"This portal runs on " {simulated} ". The password of each account is " <code>{password}</code> "."</p>
            <table>
                <thead><tr><th scope="col">{label}</th><th scope="col">"Role"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any())
}
