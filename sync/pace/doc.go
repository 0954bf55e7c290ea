// Package pace decides when the next request may start and how many may be in
// flight. It is pure: it reads no clock and starts nothing. Its caller tells it
// what was sent and what came back, with an explicit now.
//
//	caller ── Take(now, inFlight) ─► 0: start, or how long to wait
//	       ── Answered(now, …) ────► perhaps a pause for everyone
//	       ── Learned() ───────────► what the server's limit was found to be
//
// Nothing here is safe for concurrent use. One goroutine owns a Pace and starts all
// requests, so that no worker holds a reservation made at an older rate.
//
// # The ceiling
//
// A fixed rate, and the maximum of a learned one, are never exceeded: in any span of
// w seconds at most rate·w + max(1, rate·10 ms) requests start, whatever they are
// (first attempts, retries, reads, probes). The allowance of 10 ms lets requests
// catch up after the operating system woke us late.
//
// # Learning
//
// Below the ceiling, the server's limit is learned from what it accepts and refuses.
// A refusal pauses everyone: for as long as the server asked, or else for the time of
// a few requests, and then longer and longer, with one request at a time to see
// whether it is over. One of these then explains the refusals:
//
//   - A rate. We assume a token bucket, and run virtual buckets of all rates (the
//     generic cell rate algorithm, GCRA) over what was sent since the start. Those
//     that would have accepted or refused other requests are ruled out. Two refusals
//     are usually enough to know rate and burst within a few per cent. From then on
//     we measure what was accepted between two refusals, which is the limit itself
//     as long as the bucket was never full in between. Sliding windows and short
//     fixed windows appear as their long-run rate.
//   - A window. Once it is used up, everything is refused until it ends, and then
//     nothing. The number accepted from one beginning to the next is the limit. A
//     Retry-After of some seconds can be for the end of a window, or a constant. It is
//     for the end if the waits differ, or if the same number of requests used up two
//     windows at different speeds. One wait tells nothing: it is taken for that of a
//     bucket, because to use up a window too soon costs a refusal, and to take a bucket
//     for a window costs many seconds. Until it is clear, nothing is saved up meanwhile.
//   - A limit on concurrent requests. Refusals come whenever that many are being
//     worked on, and never with fewer, whatever the rate. Then the number in flight
//     is limited, and the rate is left alone.
//
// From then on the run stays a little below the limit. Every few seconds it probes:
// it goes above the limit, ever more steeply, to see whether it still holds, as CUBIC
// does in TCP and in the adaptive retry mode of the AWS SDKs. How often it probes
// depends on what a refusal costs: at most one and a half per cent of the time and
// half a per cent of the requests. An unexpected refusal means that the limit fell or
// is shared with others. Then the rate drops to 85 % of what was measured, and by a
// further fifth for each refusal that follows soon, until enough was accepted for a
// new measurement. (Additive increase with multiplicative decrease is what brings
// runs that share a limit to fair shares.)
//
// A limit that an earlier run learned is a prior. The run begins at it with a full bucket,
// and probes it once ten refusals' worth of time and 300 requests have passed, so that the
// probe costs little where the limit still holds; but after ten seconds if refusals ask for
// no pause, and then more steeply than a slow limit is probed later, because one that is far
// too low would otherwise hold up the whole run. A lower limit shows at once, as it would in
// any run.
//
// # Why not something simpler
//
// The climb begins like TCP's slow start: it doubles each round trip, but no faster
// than every 50 ms, from eight requests, so that a limit of 100/s is met within
// 0.2 s. Plain AIMD and CUBIC halve the rate or take 30 % off at each refusal, and
// lose 5-15 % of the throughput of a limit that does not change; measuring loses
// under 1 %. The gradient of the latency, which Netflix's concurrency limits follow,
// says nothing here, because a rate limiter refuses without getting slower. Google's
// client-side throttling (SRE book, chapter 21) rejects by the share of what was
// accepted. It bounds the waste at a multiple of the limit, so refusals stay
// frequent; here they stay under 1 %.
//
// # A bad minute
//
// Refusals may have another reason than a limit: an overload, noise, a limit that was
// lifted. They leave behind an estimate that is much too low. When all has been quiet
// for a while at a rate far below what was accepted before, everything but the
// current window is forgotten and learned again. If that finds the same limit, the
// limit was right and is left alone. While the server is down, the pace stands still
// (see [Pace.Suspend]).
//
// A fixed rate learns nothing: a refusal pauses everyone and reduces the rate, which
// recovers by a twentieth of the fixed rate per second.
//
// # What a server says
//
// Everyone obeys a Retry-After exactly. RateLimit headers can slow the run down but
// never speed it up, and are believed only as long as the server acts accordingly;
// see [Hint]. A 503 is a failure, unless it has a Retry-After or most requests end
// with one.
//
// # Tradeoffs
//
// A bucket has two unknowns, its rate and its size, and an accepted request tells
// only that both are large enough. So it takes two refusals to know them. A
// Retry-After asks for a second at least, in which a bucket of 100/s and 20 regains
// only a fifth of what it lets through. With two such refusals, 2,000 requests that
// ideally take 19.8 s take at least 21.4 s, which is 92.5 % of the ideal speed. After
// the first refusal the search therefore begins low enough for the second one to tell
// rate and size apart, and a third is seldom needed: 90.5 %.
//
// A limit that rises is found by probing above the old one, which is refused if the
// limit has not risen. If refusals ask for pauses, the share of the time that these
// take is the price. The reward is the mean time until a limit of 50/s that doubles
// is found:
//
//	pauses   speed at 100/s  refused  found after (95th percentile)
//	0.4 %    99.1 %          0.004 %  76 s (155 s)
//	0.8 %    98.9 %          0.01 %   43 s (78 s)
//	1.6 %    98.3 %          0.02 %   21 s (39 s)   chosen
//	3.2 %    97.0 %          0.04 %   11 s (20 s)
//	6.4 %    94.2 %          0.07 %    8 s (13 s)
//
// The chosen share is the largest at which the long-run speed stays above 98 %: a
// limit seldom rises, and a run of an hour gains more from 1 % than from 10 s. If
// refusals ask for no pause, they are the price themselves. Runs that share a limit
// also come to fair shares by probing it:
//
//	refusals  of a fixed window  four runs: Jain's index  found after
//	0.125 %   0.9 %              0.89                     11 s
//	0.25 %    1.1 %              0.90                      6 s
//	0.5 %     1.5 %              0.92                      5 s   chosen
//	1 %       2.4 %              0.97                      5 s
//	2 %       3.4 %              0.98                      5 s
//
// How far below the limit to cruise matters less: where refusals ask for pauses, each
// per cent costs one per cent of the speed, and 0.4 % is enough not to hit the limit
// through network jitter alone. All figures are means of 40 seeds, measured by
//
//	go test -run '^$' -bench TradeOff -benchtime 40x ./sync/pace
package pace
