//! One connection, through nothing but the imports that the component has.

use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use wasi::sockets::tcp::TcpSocket;
use wasi::sockets::tcp_create_socket::create_tcp_socket;

/// How much is asked for at a time, as the component does.
const PIECE: usize = 64 * 1024;

/// Gets a body of so many bytes.
pub(crate) fn receive(port: u16, bytes: u64) -> Result<(), String> {
    connected(port, |input, output| {
        write(output, format!("GET /{bytes} HTTP/1.1\r\n\r\n").as_bytes())?;
        // The head is not worth looking for.
        let mut received = 0;
        while received < bytes {
            received += read(input)?;
        }
        Ok(())
    })
}

/// Sends a body of so many bytes, and waits for the answer.
pub(crate) fn send(port: u16, bytes: u64) -> Result<(), String> {
    connected(port, |input, output| {
        let head = format!("POST / HTTP/1.1\r\nContent-Length: {bytes}\r\n\r\n");
        write(output, head.as_bytes())?;
        let piece = vec![0; PIECE];
        let mut left = bytes;
        while left > 0 {
            let count = left.min(PIECE as u64);
            write(output, &piece[..count as usize])?;
            left -= count;
        }
        read(input).map(drop)
    })
}

fn connected(
    port: u16,
    exchange: impl FnOnce(&InputStream, &OutputStream) -> Result<(), String>,
) -> Result<(), String> {
    let socket = create_tcp_socket(IpAddressFamily::Ipv4).map_err(name)?;
    let (input, output) = connect(&socket, port).map_err(name)?;
    exchange(&input, &output)
}

fn connect(socket: &TcpSocket, port: u16) -> Result<(InputStream, OutputStream), ErrorCode> {
    let address = (127, 0, 0, 1);
    let loopback = IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address });
    socket.start_connect(&instance_network(), loopback)?;
    loop {
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            done => return done,
        }
    }
}

/// What one receive brings.
fn read(input: &InputStream) -> Result<u64, String> {
    loop {
        let received = input.read(PIECE as u64).map_err(text)?.len();
        if received > 0 {
            return Ok(received as u64);
        }
        input.subscribe().block();
    }
}

fn write(output: &OutputStream, mut bytes: &[u8]) -> Result<(), String> {
    while !bytes.is_empty() {
        let room = output.check_write().map_err(text)?;
        if room == 0 {
            output.subscribe().block();
            continue;
        }
        let now = bytes.len().min(room as usize);
        output.write(&bytes[..now]).map_err(text)?;
        bytes = &bytes[now..];
    }
    Ok(())
}

fn name(code: ErrorCode) -> String {
    code.name().to_owned()
}

fn text(error: StreamError) -> String {
    match error {
        StreamError::Closed => "the server has closed".to_owned(),
        StreamError::LastOperationFailed(error) => error.to_debug_string(),
    }
}
