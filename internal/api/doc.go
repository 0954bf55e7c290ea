// Package api is a typed client of the three calls that tracksync makes: update
// a track, read one, list them. It knows HTTP and JSON and nothing of
// manifests, retries or rates.
//
//	track.Update ──► PUT /background_tracks/{id} ──► track.Track, Answer, *Error
//
// It promises:
//
//   - One call is one request: nothing is retried here, nor by net/http behind
//     its back, and redirects are not followed. (Only a request of which nothing
//     has left goes to another connection.)
//   - Every error is an *Error, which says what class of failure it is and
//     whether the request may have been applied all the same.
//   - An answer is a success only if it is a 2xx, JSON, and a track with the id
//     asked for. Answers are bounded in size and, by Config.Timeout, in time.
//   - The key is sent in the header X-Api-Key to the host of the base URL and
//     stands in nothing that leaves this package, even if the server sends it
//     back.
//   - Texts from the server are escaped and cut to a line's length before they
//     become part of a message.
//
// Facts about the API come from the service's documentation, or were observed
// at its public clients; each says which.
package api
