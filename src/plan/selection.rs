//! `-only` and `-except`.

/// Which builds are wanted, by their rendered names; no patterns, no trimming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// `-only`; empty means all.
    pub(crate) only: Vec<String>,
    /// `-except`, which holds after `-only`. It names post-processors too.
    pub(crate) except: Vec<String>,
}

impl Selection {
    /// Whether the build of this name is wanted.
    pub(crate) fn takes(&self, build: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == build);
        (self.only.is_empty() || names(&self.only)) && !names(&self.except)
    }

    /// Whether a sequence of post-processors ends before the one of this name.
    pub(crate) fn cuts_before(&self, post_processor: &str) -> bool {
        self.except
            .iter()
            .any(|name| !name.is_empty() && name == post_processor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn except_holds_after_only_and_names_are_exact() {
        let selection = Selection {
            only: list(&["a", "b"]),
            except: list(&["b", " c"]),
        };
        let taken: Vec<_> = ["a", "b", "c", "a "]
            .into_iter()
            .filter(|name| selection.takes(name))
            .collect();
        assert_eq!(taken, ["a"]);
    }

    #[test]
    fn an_empty_name_cuts_nothing() {
        assert!(
            !Selection {
                except: list(&[""]),
                ..Selection::default()
            }
            .cuts_before("")
        );
    }
}
