//! A way to a server that can be cut at any instant.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Hands on every connection to a port of this machine, and cuts them all when it is told to.
#[derive(Debug)]
pub(crate) struct Cutter {
    /// Where it listens.
    pub(crate) port: u16,
    open: Arc<Mutex<Vec<TcpStream>>>,
    made: Arc<AtomicUsize>,
    is_closed: Arc<AtomicBool>,
}

impl Cutter {
    /// A way to `port`.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let cutter = Self {
            port: listener.local_addr().unwrap().port(),
            open: Arc::default(),
            made: Arc::default(),
            is_closed: Arc::default(),
        };
        let (open, made) = (Arc::clone(&cutter.open), Arc::clone(&cutter.made));
        let is_closed = Arc::clone(&cutter.is_closed);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(("127.0.0.1", port))) else {
                    return;
                };
                if is_closed.load(Ordering::SeqCst) {
                    continue;
                }
                let clone = |stream: &TcpStream| stream.try_clone().unwrap();
                open.lock().unwrap().extend([clone(&near), clone(&far)]);
                made.fetch_add(1, Ordering::SeqCst);
                let (near_too, far_too) = (clone(&near), clone(&far));
                std::thread::spawn(move || hand_on(near, far));
                std::thread::spawn(move || hand_on(far_too, near_too));
            }
        });
        cutter
    }

    /// Cuts all connections; says whether there were any.
    pub(crate) fn cut(&self) -> bool {
        let cut: Vec<TcpStream> = self.open.lock().unwrap().drain(..).collect();
        for stream in &cut {
            let _already_gone = stream.shutdown(Shutdown::Both);
        }
        !cut.is_empty()
    }

    /// Cuts all connections, and every one that is made from now on.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Lets connections through again.
    pub(crate) fn reopen(&self) {
        self.is_closed.store(false, Ordering::SeqCst);
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _already_gone = to.shutdown(Shutdown::Both);
    let _already_gone = from.shutdown(Shutdown::Both);
}
