//! Keys that Packer once had and that `packer fix` rewrites.
//!
//! The list is that of the fixers' deprecated options in Packer 1.16:
//! <https://github.com/hashicorp/packer/tree/main/fix>.

use crate::template::document::Node;
use crate::template::problem::Problems;
use crate::template::source::Span;

/// Of every builder.
const BUILDERS: [&str; 6] = [
    "iso_checksum_type",
    "iso_checksum_url",
    "iso_md5",
    "ssh_disable_agent",
    "ssh_key_path",
    "ssh_wait_timeout",
];

/// Of the Amazon builders.
const AMAZON: [&str; 6] = [
    "clean_ami_name",
    "enhanced_networking",
    "shutdown_behaviour",
    "spot_price_auto_product",
    "ssh_private_ip",
    "temporary_security_group_source_cidr",
];

/// Whether `packer fix` rewrites this key of a component of this kind.
pub(super) fn is_fixable(component: &str, key: &str) -> bool {
    match component {
        "manifest" => key == "filename",
        "ansible" | "ansible-local" => key == "galaxycommand",
        _ => BUILDERS.contains(&key) || (component.starts_with("amazon-") && AMAZON.contains(&key)),
    }
}

/// Reports the deprecated keys of a component whose other keys are not known here.
pub(crate) fn report_deprecated(node: &Node, problems: &Problems) {
    for member in node.members() {
        if is_fixable(problems.component(), &member.key) {
            report(problems, member.key_span, &member.key);
        }
    }
}

/// Reports one deprecated key.
pub(super) fn report(problems: &Problems, span: Span, name: &str) {
    let message = format!(
        "Deprecated configuration key: '{name}'. Please call `packer fix` against your template"
    );
    problems.report_with_hint(span, message, "`ami-build fix` does the same");
}
