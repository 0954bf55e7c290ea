// Package sandbox is a stand-in for the API of the service: an http.Handler
// that keeps tracks in memory, answers the three calls that tracksync makes
// as the service was documented and observed to do, and refuses whatever the
// service would refuse, or tracksync should never send. It shares no type
// with the client, so that neither can hide the other's mistakes.
//
// Beside the calls it has, to order, what makes the real service hard to talk
// to: rate limits, latency and faults. And it can tell what it received,
// through [Config.Record], [Sandbox.Stats] and [Sandbox.Track]. The counters are
// also at GET /_sandbox/stats, for another process, which needs no key and meets
// no limit and no fault.
//
// # What happens to a request
//
// Everything else goes the way it would go at a gateway with a service behind
// it, and the first thing that answers ends it:
//
//  1. an outage drops the connection
//  2. an unknown key is answered 401
//  3. a rate limit answers 429
//  4. the latency passes, also if the client has left: a service does not
//     notice that
//  5. a fault of the first kind strikes: nothing was changed
//  6. the service itself answers 404, 405, 413, 422 or an ordered failure; or
//     it changes the track and answers 200
//  7. a fault of the second kind strikes: the change has been made
//
// So a refused request costs nothing: neither a 401 nor a 429 takes a token,
// a place in a window or a place among the concurrent requests. See [Limit]
// and [Faults].
//
// Which fault and which latency a request meets follows from [Config.Seed]
// and from what it is: the third PUT of track 17 meets the same in every run
// with the same seed, however the requests of other tracks are interleaved.
//
// All time is taken from package time, so that a sandbox behind [Pipe] runs
// on the virtual clock of testing/synctest, together with its client.
//
// # Memory
//
// A track costs memory once it was seeded or changed, and, while faults or a
// varying latency are ordered, once it was asked for; one that merely exists
// ([Config.Exists], [Config.IDs]) costs nothing or its id. Bodies are bounded.
package sandbox
