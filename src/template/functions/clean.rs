//! `clean_resource_name`: a text that EC2 takes as the name of an image.

/// Replaces every byte that an image's name may not have by a dash, so that `é` becomes two.
///
/// The characters are those of EC2's `CreateImage`, in the list of Packer's amazon builder:
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html>.
pub(crate) fn clean_resource_name(name: &str) -> String {
    name.bytes()
        .map(|byte| {
            if is_allowed(byte) {
                char::from(byte)
            } else {
                '-'
            }
        })
        .collect()
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"()[] ./-'@_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::clean_resource_name;

    #[test]
    fn legal_characters_stay() {
        let legal = "azAZ09()[] ./-'@_";
        assert_eq!(clean_resource_name(legal), legal);
    }

    #[test]
    fn other_ascii_characters_become_dashes() {
        assert_eq!(clean_resource_name("a:b+c#d,e"), "a-b-c-d-e");
    }

    #[test]
    fn a_character_of_several_bytes_becomes_several_dashes() {
        assert_eq!(clean_resource_name("café€😀"), "caf---------");
    }
}
