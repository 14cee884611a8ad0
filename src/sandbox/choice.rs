//! Which sandbox is wanted.

/// Which sandbox is wanted: `-sandbox`, or the input of that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum SandboxChoice {
    /// What works here: `host`, else `docker`, else none.
    #[default]
    Auto,
    /// A copy of this machine.
    Host,
    /// A container.
    Docker {
        /// Its image; without one it is chosen by what the template starts from.
        image: Option<String>,
    },
    /// None: provisioners do not run.
    None,
}

impl SandboxChoice {
    /// Reads `auto`, `host`, `docker`, `docker:IMAGE` or `none`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "host" => Some(Self::Host),
            "docker" => Some(Self::Docker { image: None }),
            "none" => Some(Self::None),
            _ => {
                let image = text.strip_prefix("docker:")?.trim();
                (!image.is_empty()).then(|| Self::Docker {
                    image: Some(image.to_owned()),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_may_have_a_tag_and_a_registry_but_must_be_there() {
        let image = Some("registry.example:5000/base:12".to_owned());
        assert_eq!(
            SandboxChoice::parse("docker:registry.example:5000/base:12"),
            Some(SandboxChoice::Docker { image })
        );
        assert_eq!(SandboxChoice::parse("docker:"), None);
        assert_eq!(SandboxChoice::parse("Host"), None);
    }
}
