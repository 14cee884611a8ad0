//! Packer names components by their number; whatever is wrong inside one is reported behind that name.

use crate::template::document::{Json, Member, Node};
use crate::template::problem::Problems;

/// Runs `read` and puts `prefix` before the message of everything that it reports.
pub(super) fn prefixed<T>(
    problems: &Problems,
    prefix: &str,
    read: impl FnOnce(&Problems) -> T,
) -> T {
    let inner = problems.empty_copy();
    let result = read(&inner);
    for mut problem in inner.into_parts().0 {
        problem.message.insert_str(0, prefix);
        problems.push(problem);
    }
    result
}

/// The object without the keys that Packer's core handles, in exactly this spelling: a key in another case is left over and
/// turns out to be unknown, as in Packer.
pub(super) fn without(node: &Node, keys: &[&str]) -> Node {
    let kept = |member: &&Member| !keys.contains(&member.key.as_str());
    Node::new(
        Json::Object(node.members().iter().filter(kept).cloned().collect()),
        node.span,
    )
}
