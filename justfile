# `just check` is what CI runs; a change that passes it here passes there.

# List the recipes.
default:
    @just --list

# Everything that a pull request has to pass, the quick parts first.
check: vendored format workflows lint test costs docs

# The copy of libssh2 is the published one with our patch.
vendored:
    vendor/verify

# Formatting, as stock rustfmt has it.
format:
    cargo fmt --all --check

# Clippy, with every warning an error.
lint:
    cargo clippy --locked --all-targets -- --deny warnings

# Unit, process and lab tests. Prepares what is missing.
test:
    ./test

# What start-up and `validate` cost, against the record.
costs:
    benches/prepare.sh
    python3 benches/instructions.py --binary "${CARGO_TARGET_DIR:-${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}/target}/debug/ami-build"

# Documentation builds without a warning, and what the tests generate is committed.
docs:
    RUSTDOCFLAGS="--deny warnings" cargo doc --locked --no-deps --document-private-items
    git diff --exit-code -- README.md docs examples

# Licences, advisories and sources of the dependencies. Needs cargo-deny.
deny:
    cargo deny --locked check

# Workflows, those of the examples too, and action.yml: actionlint, GitHub's parser, zizmor.
workflows:
    tests/workflows/run.sh
