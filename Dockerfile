# Build: docker build -t tracksync --build-arg VERSION="$(git describe --tags --always --dirty)" .
# Run:   docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" \
#          -v "$PWD/key.txt:/run/secrets/key:ro" \
#          tracksync sync --yes --api-key-file /run/secrets/key tracks.csv
#
# For several architectures at once, with a registry to push to:
#   docker buildx build --platform linux/amd64,linux/arm64 -t REGISTRY/tracksync --push \
#     --build-arg VERSION="$(git describe --tags --always --dirty)" .
#
# The image holds one static binary and the CA certificates: no shell, no
# package manager. It writes to /data alone (or to --out and TMPDIR), so it
# works with --read-only. .ci/container builds it and tries all of this.
#
# Base images:
#   golang:1.26@sha256:3aff6657219a4d9c14e27fb1d8976c49c29fddb70ba835014f477e1c70636647
# The tag follows the fixes of Go. To build from exactly that image, add
#   --build-arg GOLANG=golang:1.26@sha256:…
# To renew the digest, write here what this command prints:
#   docker buildx imagetools inspect golang:1.26 --format '{{.Manifest.Digest}}'
# The image itself is made from scratch, which is empty and has no digest.
ARG GOLANG=golang:1.26
# Go compiles for other architectures by itself, so the build runs on the machine's own.
FROM --platform=$BUILDPLATFORM ${GOLANG} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
# The history of the source is not copied, so the version comes from outside.
ARG VERSION=
ARG TARGETOS
ARG TARGETARCH
# timetzdata: the image has no time zones of its own, and TZ and --until need them.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -pgo=.ci/release.pgo -tags timetzdata \
    -ldflags="-s -w -X tracksync/internal/version.built=$VERSION" -o /tracksync . && mkdir /data

FROM scratch
ARG VERSION=
LABEL org.opencontainers.image.title="tracksync" \
      org.opencontainers.image.description="Updates the background tracks of a BeyondWords organization from a manifest" \
      org.opencontainers.image.version="$VERSION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /tracksync /tracksync
# A user without a name and without rights, who owns /data and with it a new volume that is
# mounted there. To write into a mounted directory as its owner, add --user "$(id -u):$(id -g)".
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
# It is called by its plain name, so that the commands it prints can be pasted anywhere.
ENV PATH=/ TRACKSYNC_LOCK_DIR=/data/tracksync-runs/.locks
ENTRYPOINT ["tracksync"]
