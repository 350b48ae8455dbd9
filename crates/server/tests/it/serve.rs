//! Connections as a client on the wire sees them.

use std::time::Duration;

use postsale_testkit::Kit;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n";

/// Reads one answer with its body of three bytes.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"ok\n") {
        let mut more = [0; 1024];
        let n = stream.read(&mut more).await.unwrap();
        assert_ne!(n, 0, "cut off after {:?}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&more[..n]);
    }
    String::from_utf8(text).unwrap().to_ascii_lowercase()
}

#[test]
fn who_is_connected_when_it_stops_gets_a_last_answer_and_a_word() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(postsale_server::serve::serve(kit.house.clone(), listener, async {
            let _ = stopped.await;
        }));
        let mut kept = TcpStream::connect(at).await.unwrap();
        kept.write_all(ASK).await.unwrap();
        assert!(!answer(&mut kept).await.contains("connection: close"));
        let mut silent = TcpStream::connect(at).await.unwrap();
        silent.write_all(&ASK[..9]).await.unwrap();

        stop.send(()).unwrap();
        while !kit.house.meter.is_draining() {
            tokio::task::yield_now().await;
        }
        kept.write_all(ASK).await.unwrap();
        assert!(answer(&mut kept).await.contains("connection: close"));
        assert_eq!(kept.read(&mut [0; 8]).await.unwrap(), 0, "closed after it");
        silent.write_all(&ASK[9..]).await.unwrap();
        assert!(answer(&mut silent).await.contains("connection: close"), "what was half sent is answered");
        tokio::time::timeout(Duration::from_secs(30), serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(at).await.is_err());
    });
}
