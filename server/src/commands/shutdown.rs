//! The request to stop: Ctrl-C, or the signal that service managers send.

/// Resolves when the process is asked to stop. It listens from the call and not from the first poll, so that the
/// process can be stopped as soon as it has printed its address.
pub(super) fn requested() -> impl Future<Output = ()> + Send + 'static {
    let terminated = terminated();
    async move {
        tokio::select! {
            () = interrupted() => {}
            () = terminated => {}
        }
        tracing::info!("stopping");
    }
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C does not stop this process");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
fn terminated() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let signal = signal(SignalKind::terminate());
    async move {
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "only Ctrl-C stops this process");
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(not(unix))]
fn terminated() -> impl Future<Output = ()> + Send + 'static {
    std::future::pending()
}
