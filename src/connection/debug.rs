//! The debug output of the reference (`set_debuglevel`), line by line.

use super::world::World;
use crate::latin1;
use crate::literal;
use crate::proto::response::Head;
use crate::transport::Network;
use alloc::format;

/// Prints while the level of a connection is above zero.
pub struct Debug<'a, N: Network> {
    world: &'a World<N>,
    on: bool,
}

impl<'a, N: Network> Debug<'a, N> {
    /// Output at this level.
    pub fn new(world: &'a World<N>, level: u32) -> Self {
        Self {
            world,
            on: level > 0,
        }
    }

    /// Whether anything is printed.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Bytes that are sent.
    pub fn sent(&self, bytes: &[u8]) {
        if self.on {
            self.world
                .network
                .print(format!("send: {}\n", literal::bytes(bytes)));
        }
    }

    /// An item of a body that is not sent because it is empty.
    pub fn empty_item(&self) {
        if self.on {
            self.world
                .network
                .print("Zero length chunk ignored\n".into());
        }
    }

    /// A status line that was received.
    pub fn reply(&self, line: &[u8]) {
        if self.on {
            self.world
                .network
                .print(format!("reply: {}\n", literal::text(line)));
        }
    }

    /// The fields of an interim response.
    pub fn interim(&self, head: &Head) {
        if self.on {
            let mut lines = alloc::string::String::from("headers: [");
            for (name, value) in head.headers.iter() {
                let line = [name, b": ", value, b"\r\n"].concat();
                lines.push_str(&literal::bytes(&line));
                lines.push_str(", ");
            }
            self.world.network.print(format!("{lines}b'\\r\\n']\n"));
        }
    }

    /// The fields of the final response.
    pub fn headers(&self, head: &Head) {
        if self.on {
            for (name, value) in head.headers.iter() {
                self.world.network.print(format!(
                    "header: {}: {}\n",
                    latin1::decode(name),
                    latin1::decode(value)
                ));
            }
        }
    }
}
