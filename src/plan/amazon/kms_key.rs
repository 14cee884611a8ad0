//! Whether a text can be a KMS key: an id, an alias, or the ARN of either. Packer's patterns, which are wider than KMS's own ids.

/// An id (`1234abcd-…`), a multi-region id (`mrk-…`), an alias (`alias/…`) or an ARN.
pub(crate) fn is_valid(key: &str) -> bool {
    if is_id(key) || is_alias(key) {
        return true;
    }
    // arn : partition : kms : region : account : resource; an alias may have colons in it.
    let parts: Vec<&str> = key.splitn(6, ':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else {
        return false;
    };
    is_partition(partition)
        && (region.is_empty() || is_region(region))
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && (resource.strip_prefix("key/").is_some_and(is_id) || is_alias(resource))
}

fn is_id(text: &str) -> bool {
    let id = text.strip_prefix("mrk-").unwrap_or(text);
    id.len() >= 2 && is_hex(id.as_bytes()[0]) && id.bytes().all(|byte| is_hex(byte) || byte == b'-')
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_alias(text: &str) -> bool {
    text.strip_prefix("alias/").is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte))
    })
}

/// `aws`, `aws-cn`, `aws-us-gov`.
fn is_partition(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("aws") else {
        return false;
    };
    let place = rest.strip_suffix("-gov").unwrap_or(rest);
    match place.strip_prefix('-') {
        Some(letters) => letters.len() == 2 && is_lower(letters),
        None => rest.is_empty(),
    }
}

/// `eu-west-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let (area, direction, number) = match parts[..] {
        [area, direction, number] | [area, "gov", direction, number] => (area, direction, number),
        _ => return false,
    };
    area.len() == 2
        && is_lower(area)
        && !direction.is_empty()
        && is_lower(direction)
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_lower(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn ids_aliases_and_their_arns_are_keys() {
        for key in [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            "alias/ami/build_1",
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:123456789012:key/mrk-12ab",
            "arn:aws-cn:kms:cn-north-1:123456789012:alias/x",
            "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/x",
            "arn:aws:kms::123456789012:alias/x:y",
        ] {
            assert!(is_valid(key), "{key}");
        }
    }

    #[test]
    fn anything_else_is_not_a_key() {
        for key in [
            "",
            "a",
            "bogus!",
            "1234ABCD-12ab",
            "-12",
            "alias/",
            "alias/a b",
            "arn:aws:s3:eu-west-1:123456789012:key/12",
            "arn:aws:kms:europe:123456789012:key/12",
            "arn:aws:kms:eu-west-1:1234:key/12",
            "arn:amazon:kms:eu-west-1:123456789012:key/12",
            "arn:aws:kms:eu-west-1:123456789012:12",
        ] {
            assert!(!is_valid(key), "{key}");
        }
    }
}
