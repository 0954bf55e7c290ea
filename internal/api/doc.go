// Package api is a typed client of the three calls that tracksync makes: update
// a track, read one, list them. It knows HTTP and JSON and nothing of
// manifests, retries or rates.
//
//	track.Update ──► PUT /background_tracks/{id} ──► track.Track, Answer, *Error
//
// It promises:
//
//   - One call is one request. Neither this package nor net/http retries it, and
//     redirects are not followed. (Only a request of which nothing was sent may
//     move to another connection.)
//   - Every error is an *Error. It has the class of the failure, and tells whether
//     the request may have been applied anyway.
//   - An answer is a success only if it is a 2xx, JSON, and a track with the id
//     asked for. Answers are bounded in size and, by Config.Timeout, in time.
//   - The key is sent in the header X-Api-Key, to the host of the base URL only.
//     It is redacted from everything that this package returns, even if the server
//     echoes it.
//   - Texts from the server are escaped and cut to the length of a line before they
//     become part of a message.
//
// Facts about the API come from the service's documentation or from observing its
// public clients. Each comment says which.
package api
