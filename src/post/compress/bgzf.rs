//! Blocked gzip: gzip members of at most 64 KiB, each with its own length in its header, and an empty one at the end
//! (SAM specification, section 4.1, <https://samtools.github.io/hts-specs/SAMv1.pdf>).

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Text in a block: what the reference implementation takes, so that a block never passes 64 KiB, whatever is in it.
const BLOCK_TEXT: usize = 0xff00;
/// Of a whole block: its length less one has to fit into 16 bits.
const LONGEST_BLOCK: usize = 1 << 16;
/// Header with its extra field, checksum and length.
const FRAME: usize = 18 + 8;

/// Compresses what is written to it.
pub(super) struct BgzfWriter<W> {
    inner: W,
    text: Vec<u8>,
    level: Compression,
}

impl<W: Write> BgzfWriter<W> {
    pub(super) fn new(inner: W, level: Compression) -> Self {
        Self {
            inner,
            text: Vec::with_capacity(BLOCK_TEXT),
            level,
        }
    }

    /// Writes what is left and the end's mark, and gives back what is beneath.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if !self.text.is_empty() {
            self.write_block()?;
        }
        self.write_block()?;
        Ok(self.inner)
    }

    fn write_block(&mut self) -> io::Result<()> {
        let mut deflated = deflate(&self.text, self.level)?;
        if deflated.len() + FRAME > LONGEST_BLOCK {
            deflated = deflate(&self.text, Compression::none())?;
        }
        let too_long = |_| io::Error::other("a block of bgzf is too long");
        let length = u16::try_from(deflated.len() + FRAME - 1).map_err(too_long)?;
        let text_length = u32::try_from(self.text.len()).map_err(too_long)?;
        let mut checksum = Crc::new();
        checksum.update(&self.text);
        // Deflate, an extra field, no time, unknown system; the extra field is `BC` with two bytes.
        self.inner
            .write_all(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0")?;
        self.inner.write_all(&length.to_le_bytes())?;
        self.inner.write_all(&deflated)?;
        self.inner.write_all(&checksum.sum().to_le_bytes())?;
        self.inner.write_all(&text_length.to_le_bytes())?;
        self.text.clear();
        Ok(())
    }
}

impl<W: Write> Write for BgzfWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() == BLOCK_TEXT {
            self.write_block()?;
        }
        let count = bytes.len().min(BLOCK_TEXT - self.text.len());
        self.text.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn deflate(text: &[u8], level: Compression) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(text)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::MultiGzDecoder;

    use super::*;

    /// The block that ends every file, as the specification gives it.
    const END: &[u8] = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut writer = BgzfWriter::new(Vec::new(), Compression::default());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn nothing_is_only_the_ends_mark() {
        assert_eq!(packed(b""), END);
    }

    #[test]
    fn text_that_cannot_be_compressed_fills_several_blocks_and_comes_back() {
        let mut text = vec![0; 3 * BLOCK_TEXT + 5];
        getrandom::fill(&mut text).unwrap();
        let packed = packed(&text);
        assert!(packed.ends_with(END));
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(&packed[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert!(unpacked == text);
        let first = usize::from(u16::from_le_bytes([packed[16], packed[17]])) + 1;
        assert_eq!(packed[first..first + 2], [0x1f, 0x8b]);
    }
}
