//! Waiting for several connections at once.

use crate::run::torture;
use httplib_client::scripted::Script;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn select_tells_of_every_connection_once_it_is_ready() {
    let scripts: Vec<Script> = (0..5).map(|_| Script::pieces(&[OK], false)).collect();
    torture(&scripts, |run| {
        let mut connections: Vec<_> = scripts.iter().map(|_| run.connection()).collect();
        for connection in &mut connections {
            run.request(connection, "GET", "/", || None, &[]);
        }
        while !connections.is_empty() {
            let number = |connection: &crate::run::Connection| connection.fileno().unwrap();
            let numbers: Vec<u64> = connections.iter().map(number).collect();
            let minute = Some(60_000_000_000);
            let (ready, _) = run.call(|| (), |()| run.instance.select(&numbers, &numbers, minute));
            assert!(!ready.is_empty() || !numbers.is_empty());
            let index = numbers.iter().position(|number| ready.contains(number));
            let Some(index) = index else { continue };
            let mut connection = connections.remove(index);
            let response = run.response(&mut connection);
            run.read_all(&response);
        }
    });
}
