# The action's image: one static binary under two names, and the certificate authorities that it trusts.
#
#   docker build --build-arg BINARY=prebuilt/ami-build .     around a binary that is there already (below the context)
#   docker build .                                           compiles, which takes many minutes
#
# BUILDER can be any image with a shell, `cp`, `ln` and Debian's or Alpine's certificate file, where BINARY is given.
ARG BUILDER=docker.io/library/rust:1.94.1-alpine

FROM ${BUILDER} AS build
ARG BINARY=""
WORKDIR /src
COPY . .
# An empty RUSTFLAGS would not do: Alpine's own target links C libraries dynamically unless told otherwise.
RUN set -eu; \
    mkdir -p /image/etc/ssl/certs; \
    if [ -n "$BINARY" ]; then \
        cp "$BINARY" /image/ami-build; \
    else \
        apk add --no-cache build-base cmake linux-headers perl; \
        RUSTFLAGS="-C target-feature=+crt-static" cargo build --locked --release; \
        cp target/release/ami-build /image/ami-build; \
    fi; \
    chmod 0755 /image/ami-build; \
    ln -s ami-build /image/ami-build-post; \
    cp -L /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
    test -s /image/etc/ssl/certs/ca-certificates.crt

FROM scratch
COPY --from=build /image/ /
# No USER: the runner wants root in a container action, and files of the workspace get the workspace's owner.
# https://docs.github.com/actions/reference/workflows-and-actions/dockerfile-support
ENTRYPOINT ["/ami-build"]
