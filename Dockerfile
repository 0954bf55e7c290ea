# Build: docker build -t tracksync --build-arg VERSION="$(git describe --tags --always --dirty)" .
# Run:   docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" \
#          -v "$PWD/key.txt:/run/secrets/key:ro" \
#          tracksync sync --yes --api-key-file /run/secrets/key tracks.csv
#
# The image holds one static binary and the CA certificates: no shell, no
# package manager. It writes to /data/tracksync-runs (or --out) alone, so it
# works with --read-only.
#
# Base images:
#   golang:1.26@sha256:3aff6657219a4d9c14e27fb1d8976c49c29fddb70ba835014f477e1c70636647
# The tag follows the fixes of Go. To build from exactly that image, add
#   --build-arg GOLANG=golang:1.26@sha256:…
# To renew the digest, write here what this command prints:
#   docker buildx imagetools inspect golang:1.26 --format '{{.Manifest.Digest}}'
# The image itself is made from scratch, which is empty and has no digest.
ARG GOLANG=golang:1.26
FROM ${GOLANG} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
# The history of the source is not copied, so the version comes from outside.
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X tracksync/internal/version.built=$VERSION" -o /tracksync .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /tracksync /tracksync
# A user without a name and without rights. To write into a mounted directory
# as its owner, add --user "$(id -u):$(id -g)".
USER 65532:65532
WORKDIR /data
# There is no /tmp: what is needed for a while stands beside the runs.
ENV TMPDIR=/data TRACKSYNC_LOCK_DIR=/data/tracksync-runs/.locks
ENTRYPOINT ["/tracksync"]
