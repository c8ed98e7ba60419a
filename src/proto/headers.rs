//! Header fields as they were received.

use super::line::trim_folds;
use super::literal::EXCERPT;
use super::memory::{self, OutOfMemory};
use alloc::vec::Vec;
use core::ops::Range;

/// The fields of a head or of trailers, in their order and with their case.
/// All text is in one allocation.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    text: Vec<u8>,
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

impl Headers {
    /// Adds a field at the end.
    ///
    /// # Errors
    /// Out of memory; then nothing was added.
    pub fn push(&mut self, name: &[u8], value: &[u8]) -> Result<(), OutOfMemory> {
        memory::reserve(&mut self.text, name.len() + value.len())?;
        memory::reserve(&mut self.fields, 1)?;
        let name = self.append(name);
        let value = self.append(value);
        self.fields.push(Field { name, value });
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        start..self.text.len()
    }

    /// Lengthens the value of the last field by two pieces.
    ///
    /// # Errors
    /// Out of memory; then nothing was added.
    pub fn extend_last(&mut self, more: [&[u8]; 2]) -> Result<(), OutOfMemory> {
        memory::reserve(&mut self.text, more[0].len() + more[1].len())?;
        for part in more {
            let end = self.append(part).end;
            if let Some(field) = self.fields.last_mut() {
                field.value.end = end;
            }
        }
        Ok(())
    }

    /// A copy.
    ///
    /// # Errors
    /// Out of memory.
    pub fn try_clone(&self) -> Result<Self, OutOfMemory> {
        let text = memory::copy(&self.text)?;
        let mut fields = Vec::new();
        memory::reserve_exact(&mut fields, self.fields.len())?;
        fields.extend_from_slice(&self.fields);
        Ok(Self { text, fields })
    }

    /// How much memory the fields take as pairs of texts, in bytes.
    pub fn size_as_pairs(&self) -> usize {
        // Latin-1 letters take two bytes; each text has its vector and overhead.
        2 * self.text.len() + self.fields.len() * 96
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|field| {
            (
                &self.text[field.name.clone()],
                &self.text[field.value.clone()],
            )
        })
    }

    /// The values of a field, whose name is case-insensitive.
    pub fn get_all<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |field| field.0.eq_ignore_ascii_case(name))
            .map(|field| field.1)
    }

    /// The values of a field joined by `, ` (`HTTPResponse.getheader`).
    pub fn joined(&self, name: &[u8]) -> Option<Vec<u8>> {
        let mut values = self.get_all(name);
        let mut joined = Vec::from(values.next()?);
        for value in values {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(joined)
    }

    /// The beginning of the same, for a message that shows an excerpt of it.
    pub fn joined_excerpt(&self, name: &[u8]) -> Vec<u8> {
        let mut joined = Vec::new();
        for (index, value) in self.get_all(name).enumerate() {
            let start = if index > 0 { &b", "[..] } else { b"" };
            joined.extend(start.iter().chain(value).take(EXCERPT + 1));
            if joined.len() > EXCERPT {
                break;
            }
        }
        joined
    }

    /// The elements of a field that is a list (RFC 9110, section 5.6.1), white
    /// space and folds around them taken away.
    pub fn elements<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(trim_folds)
    }
}
