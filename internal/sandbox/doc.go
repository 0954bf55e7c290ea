// Package sandbox is a stand-in for the API of the service. It is an http.Handler
// that keeps tracks in memory and answers the three calls that tracksync makes, as
// the service was documented and observed to do. It refuses whatever the service
// would refuse, and whatever tracksync should never send. It shares no types with
// the client, so that neither can hide the other's mistakes.
//
// It also has, on request, what makes the real service hard to use: rate limits,
// latency and faults. [Config.Record], [Sandbox.Stats] and [Sandbox.Track] tell what
// it received. GET /_sandbox/stats returns the counters to another process; it needs
// no key, and limits and faults don't apply to it.
//
// # What happens to a request
//
// Every other request passes these steps, as at a gateway with a service behind it.
// The first step that answers is the last:
//
//  1. an outage drops the connection
//  2. an unknown key is answered 401
//  3. a rate limit answers 429
//  4. the latency passes, even if the client has left: a service would not notice
//  5. a fault before the change is injected: nothing was changed
//  6. the service answers 404, 405, 413, 422 or a configured failure; or it changes
//     the track and answers 200
//  7. a fault after the change is injected: the change has been made
//
// A refused request therefore costs nothing: neither a 401 nor a 429 takes a token,
// or counts in a window or as a concurrent request. See [Limit] and [Faults].
//
// The fault and the latency of a request depend only on [Config.Seed] and on what the
// request is: the third PUT of track 17 gets the same ones in every run with the same
// seed, however the requests for other tracks are interleaved.
//
// The sandbox uses package time only, so behind [Pipe] it runs on the virtual clock of
// testing/synctest, together with its client.
//
// # Memory
//
// A track costs memory once it was seeded or changed. With faults or a varying
// latency, one that was requested does too. A track that merely exists costs nothing
// ([Config.Exists]) or its id ([Config.IDs]). Request bodies are bounded.
package sandbox
