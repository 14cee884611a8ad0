//! The thread of one SSH connection: libssh2 blocks, so it gets a thread of its own and is sent its work.

use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::ssh::Connection;

type Order = Box<dyn FnOnce(&Connection) + Send>;

/// The sending end of a connection's thread. The connection ends when it is dropped.
pub(super) struct Worker {
    orders: mpsc::Sender<Order>,
    cord: Cord,
}

/// Cuts the connection from outside, which wakes its thread from whatever it waits for.
pub(super) struct Cord(TcpStream);

/// Cuts the connection unless it is released: a future that is dropped half-way leaves no thread behind.
pub(super) struct CutOnDrop<'a> {
    cord: Option<&'a Cord>,
}

impl Cord {
    /// A cord to `socket`, of whatever family: `shutdown` does not care.
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self(TcpStream::from(socket))
    }

    /// Cuts both directions.
    pub(super) fn cut(&self) {
        let _already_gone = self.0.shutdown(Shutdown::Both);
    }

    /// Cuts when the guard is dropped, unless released.
    pub(super) fn guard(&self) -> CutOnDrop<'_> {
        CutOnDrop { cord: Some(self) }
    }
}

impl CutOnDrop<'_> {
    /// The work is done: nothing is cut.
    pub(super) fn release(mut self) {
        self.cord = None;
    }
}

impl Drop for CutOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(cord) = self.cord {
            cord.cut();
        }
    }
}

impl Worker {
    /// Starts the thread, which first makes the connection by `connect`. Dropping the future cuts the attempt.
    pub(super) async fn start<E: Send + 'static>(
        name: &str,
        cord: Cord,
        keep_alive: Option<Duration>,
        connect: impl FnOnce() -> Result<Connection, E> + Send + 'static,
    ) -> std::io::Result<Result<Self, E>> {
        let (orders, inbox) = mpsc::channel::<Order>();
        let (ready, answer) = oneshot::channel();
        thread::Builder::new()
            .name(format!("ssh {name}"))
            .spawn(move || match connect() {
                Ok(connection) => {
                    if ready.send(Ok(())).is_ok() {
                        serve(&connection, &inbox, keep_alive);
                    }
                    connection.hang_up();
                }
                Err(error) => drop(ready.send(Err(error))),
            })?;
        let guard = cord.guard();
        let connected = answer.await;
        guard.release();
        Ok(connected
            .map_err(|_| std::io::Error::other("the connection's thread ended"))?
            .map(|()| Self { orders, cord }))
    }

    /// Has `work` done on the connection's thread; `None` where the thread is gone. Dropping the future cuts the connection.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let order: Order = Box::new(move |connection| drop(reply.send(work(connection))));
        self.orders.send(order).ok()?;
        let guard = self.cord.guard();
        let result = answer.await.ok();
        guard.release();
        result
    }
}

fn serve(connection: &Connection, inbox: &mpsc::Receiver<Order>, keep_alive: Option<Duration>) {
    loop {
        let order = match keep_alive {
            Some(interval) => inbox.recv_timeout(interval),
            None => inbox
                .recv()
                .map_err(|_| mpsc::RecvTimeoutError::Disconnected),
        };
        match order {
            Ok(order) => order(connection),
            // A line that broke meanwhile is noticed by the next order.
            Err(mpsc::RecvTimeoutError::Timeout) => drop(connection.keep_alive()),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}
