# Build: docker build -t tracksync .
# Run:   docker run --rm -v "$PWD:/data" -e BEYONDWORDS_API_KEY tracksync sync --yes tracks.csv
#
# The image holds one static binary and the CA certificates: no shell, no
# package manager. It writes to /data/tracksync-runs (or --out) alone, so it
# works with --read-only.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /tracksync .

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
