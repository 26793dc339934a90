//! The accept loop. It replaces `axum::serve` because a fault must be able to close a connection without a response.

use crate::{Certificate, Error, Simulator, faults::CloseConnection, layer, system::System};
use axum::{Router, body::Body, http::Request, response::Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use std::{future::Future, io, pin::pin, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Limits the end of open connections after the shutdown has begun, and each TLS handshake.
const TIMEOUT: Duration = Duration::from_secs(2);

impl<O: System> Simulator<O> {
    /// Serves until `shutdown` resolves.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        accept(layer::router(self), &listener, None, shutdown).await;
        Ok(())
    }

    /// Serves HTTPS with this certificate until `shutdown` resolves.
    pub async fn serve_tls(
        self,
        listener: TcpListener,
        certificate: Certificate,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Error> {
        let acceptor = certificate.acceptor()?;
        accept(layer::router(self), &listener, Some(acceptor), shutdown).await;
        Ok(())
    }
}

async fn accept(
    router: Router,
    listener: &TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let (closing, closed) = watch::channel(false);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            _ = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(router.clone(), stream, tls.clone(), closed.clone()));
                }
                // The usual cause is a lack of file descriptors, which closing connections return.
                Err(error) => {
                    tracing::warn!(%error, "the simulator could not accept a connection");
                    sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    closing.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(TIMEOUT, ended).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    router: Router,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    closed: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the simulator could not set TCP_NODELAY on a connection");
    }
    let Some(acceptor) = tls else {
        return exchange(router, stream, closed).await;
    };
    match timeout(TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => exchange(router, stream, closed).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake with the simulator failed"),
        Err(_) => tracing::debug!("a TLS handshake with the simulator took too long"),
    }
}

async fn exchange<S>(router: Router, stream: S, mut closed: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| respond(router.clone(), request));
    let builder = Builder::new(TokioExecutor::new()).http1_only();
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = async { drop(closed.wait_for(|closed| *closed).await) } => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection to the simulator ended early");
    }
}

/// The error that makes hyper close the connection without a response.
#[derive(Debug, thiserror::Error)]
#[error("a fault rule closes this connection")]
struct ConnectionClosed;

async fn respond(router: Router, request: Request<Incoming>) -> Result<Response, ConnectionClosed> {
    let response = match router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.extensions().get::<CloseConnection>().is_some() {
        Err(ConnectionClosed)
    } else {
        Ok(response)
    }
}
