//! What the fuzzer and the short runs of the tests call.

use super::parse::Parser;

/// Drives the parser over any bytes, whole and in pieces: both must see the same lines.
pub fn fuzz_cdn_log(data: &[u8]) {
    let (cut, rest) = data.split_first().unwrap_or((&0, &[]));
    let mut lines = 0_u64;
    let mut whole = Parser::default();
    whole.feed(rest, &mut |_| lines += 1);
    whole.finish(&mut |_| lines += 1);
    let mut again = 0_u64;
    let mut pieces = Parser::default();
    for piece in rest.chunks(usize::from(*cut).max(1)) {
        pieces.feed(piece, &mut |_| again += 1);
    }
    pieces.finish(&mut |_| again += 1);
    assert_eq!(lines, again, "lines do not depend on how they arrive");
}
