//! Values that a secret store may hold and that must stay readable: EC2's own names, which the report is made of.

/// Whether the text is a region, an account, a resource's id or an ARN. Hiding `eu-west-1` would hide it in every image id too.
pub(super) fn is_public_name(text: &str) -> bool {
    text.starts_with("arn:aws") || is_account(text) || is_region(text) || is_resource_id(text)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `us-gov-east-1`
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [partition, names @ .., number] = parts.as_slice() else {
        return false;
    };
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    partition.len() == 2
        && is_word(partition)
        && !names.is_empty()
        && names.iter().all(is_word)
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `ami-`, `sg-`, `vpc-` … with 8 or 17 hexadecimal digits.
fn is_resource_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(kind, id)| {
        (1..=8).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && [8, 17].contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ec2s_names_stay_readable_and_passwords_do_not() {
        for name in [
            "eu-west-1",
            "us-gov-east-1",
            "ami-0123456789abcdef0",
            "sg-12345678",
            "123456789012",
            "arn:aws:iam::123456789012:role/x",
        ] {
            assert!(is_public_name(name), "{name}");
        }
        for secret in [
            "hunter22",
            "correct-horse-battery-staple",
            "123456789",
            "a-b-1",
            "AKIA0123456789ABCDEF",
        ] {
            assert!(!is_public_name(secret), "{secret}");
        }
    }
}
