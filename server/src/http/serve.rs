//! The accept loop. It replaces `axum::serve`, which holds a half-sent request for ever: here the head of a request, an
//! idle connection and a peer that takes nothing have their time-outs, and connections are counted.
//!
//! hyper's own time-out of the head runs from the end of the answer before, so it is the one of idle connections. The
//! one of the head, from its first byte, is in [`TimedStream`].

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{Instant, Sleep, sleep, timeout},
};
use tower::ServiceExt;

use super::{client_address::TrustedProxies, limits::Limits};

/// The largest head of a request, in bytes, and the largest part of a body that is read at once.
const MAX_BUFFER: usize = 64 * 1024;

/// How long the loop waits after it could not accept: the usual cause is a lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves this router until `stopping` resolves. Then no connection is accepted any more, and requests under way are
/// answered within [`Limits::grace`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stopping: impl Future<Output = ()>,
) {
    let mut stopping = pin!(stopping);
    let (closing, closed) = watch::channel(false);
    let addresses = Addresses::new(proxies);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stopping => break,
            _ = connections.join_next(), if !connections.is_empty() => {}
            // Further connections wait in the queue of the system.
            accepted = listener.accept(), if connections.len() < limits.connections => match accepted {
                Ok((stream, peer)) => {
                    let Some(place) = addresses.enter(peer.ip(), limits.connections_of_one_address) else {
                        tracing::warn!(address = %peer.ip(), "closed a connection: this address has too many");
                        continue;
                    };
                    let connection = connection(router.clone(), stream, peer, limits, closed.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    closing.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.grace, ended).await.is_err() {
        tracing::info!("some requests were not answered before the end");
    }
}

/// Answers the requests of one connection.
async fn connection(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    limits: Limits,
    mut closed: watch::Receiver<bool>,
) {
    // A page that is sent in parts would wait 40 ms for the acknowledgement of the part before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection waits before it sends small parts");
    }
    let requests = Arc::<Requests>::default();
    let stream = TimedStream::new(stream, &limits, Arc::clone(&requests));
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let under_way = Requests::begin(&requests);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request.map(Body::new));
        async move {
            let answer = answer.await;
            drop(under_way);
            answer
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = async { drop(closed.wait_for(|closed| *closed).await) } => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The number of connections of each address.
#[derive(Clone)]
struct Addresses {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    proxies: TrustedProxies,
}

/// A connection that is counted until this is dropped.
struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    fn new(proxies: TrustedProxies) -> Self {
        Self {
            counts: Arc::default(),
            proxies,
        }
    }

    /// Counts a connection of this address, unless it has this many. A trusted proxy has those of all its clients, and
    /// on loopback is a proxy too, or the machine's own user.
    fn enter(&self, address: IpAddr, most: usize) -> Option<Place> {
        let mut counts = self.counts.lock();
        let count = counts.entry(address).or_default();
        let is_bounded = !address.to_canonical().is_loopback() && !self.proxies.contain(address);
        if is_bounded && *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            addresses: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts.lock();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// The requests of one connection.
#[derive(Default)]
struct Requests {
    begun: AtomicU64,
    under_way: AtomicUsize,
}

/// A request that is under way until this is dropped.
struct UnderWay(Arc<Requests>);

impl Requests {
    fn begin(requests: &Arc<Self>) -> UnderWay {
        requests.under_way.fetch_add(1, Ordering::Relaxed);
        requests.begun.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(requests))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection whose reads fail when the head of a request is late, and whose writes fail when the peer takes nothing.
struct TimedStream {
    stream: TcpStream,
    requests: Arc<Requests>,
    /// How many requests had begun at the last read.
    seen: u64,
    head: Deadline,
    write: Deadline,
}

impl TimedStream {
    fn new(stream: TcpStream, limits: &Limits, requests: Arc<Requests>) -> Self {
        let mut head = Deadline::of(limits.header_timeout);
        head.start();
        Self {
            stream,
            requests,
            seen: 0,
            head,
            write: Deadline::of(limits.idle_timeout),
        }
    }

    /// The outcome of a write, or its time-out.
    fn written<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write.stop();
            return written;
        }
        self.write.start();
        ready!(self.write.poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let begun = this.requests.begun.load(Ordering::Relaxed);
        if begun != this.seen {
            this.seen = begun;
            this.head.stop();
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        // What arrives while a request is under way is its body, which has a time-out of its own.
        if this.requests.under_way.load(Ordering::Relaxed) > 0 {
            return read;
        }
        if read.is_ready() {
            if buf.filled().len() > before {
                this.head.start();
            }
            return read;
        }
        ready!(this.head.poll(cx));
        tracing::debug!("a request was not sent to its end");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// A time-out that can be started and stopped.
struct Deadline {
    after: Duration,
    /// Made when it is first needed, then used again.
    sleep: Option<Pin<Box<Sleep>>>,
    is_running: bool,
}

impl Deadline {
    fn of(after: Duration) -> Self {
        Self {
            after,
            sleep: None,
            is_running: false,
        }
    }

    /// Starts it, unless it runs.
    fn start(&mut self) {
        if self.is_running {
            return;
        }
        self.is_running = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(Instant::now() + self.after),
            None => self.sleep = Some(Box::pin(sleep(self.after))),
        }
    }

    fn stop(&mut self) {
        self.is_running = false;
    }

    /// Ready when it has run out.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.is_running => sleep.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_so_many_connections_and_leaves_room_for_others() {
        let networks = vec!["10.0.0.0/8".parse().expect("a network")];
        let addresses = Addresses::new(TrustedProxies::new(networks));
        let [stranger, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().expect("an address"));
        let places: Vec<_> = (0..3).filter_map(|_| addresses.enter(stranger, 2)).collect();
        assert_eq!(places.len(), 2);
        assert!(addresses.enter(other, 2).is_some());
        drop(places);
        assert!(
            addresses.enter(stranger, 2).is_some(),
            "closed connections are not counted"
        );
        assert!(addresses.counts.lock().is_empty(), "nor remembered");
        let proxy = "10.0.0.1".parse().expect("an address");
        let places: Vec<_> = (0..3).filter_map(|_| addresses.enter(proxy, 2)).collect();
        assert_eq!(places.len(), 3, "a proxy has the connections of its clients");
    }
}
