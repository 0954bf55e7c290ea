// Package pace decides when the next request may start and how many may be in
// flight. It is pure: it reads no clock and starts nothing, but is told what
// was sent and what came back, with an explicit now, and answers from that
// alone.
//
//	dispatcher ── Take(now, inFlight) ─► may start, or how long to wait
//	           ── Answered(now, …) ────► perhaps a pause for everyone
//	           ── Learned() ───────────► what the server's limit was found to be
//
// Nothing here is safe for concurrent use: one dispatcher owns a Pace, so that
// no worker ever holds a reservation made at an older rate.
//
// # The ceiling
//
// A fixed rate, and the greatest rate of a learned one, hold exactly: in any
// span of w seconds at most rate·w + max(1, rate·10 ms) requests start,
// whatever they are (first attempts, retries, reads, probes). The allowance of
// 10 ms is what lets a late wake-up of the operating system be made good.
//
// # Learning
//
// Below the ceiling the limit of the server is found by what it accepts and
// refuses. A refusal pauses everyone, for as long as the server asked, or for
// a few requests' time and then longer and longer, with one request at a time
// to see whether it is over. Then one of these explains it:
//
//   - A rate. The limit is taken for a token bucket, and the virtual buckets of
//     all rates (the generic cell rate algorithm, GCRA) are run over what was
//     sent since the start: those that would not have accepted and refused the
//     same requests are out. Two refusals mostly suffice to know rate and burst
//     within a few per cent. From then on the measure is what was accepted
//     between two refusals, which is the limit itself as long as the bucket was
//     not full between them. Sliding windows and short fixed windows come out
//     as their long-run rate.
//   - A window that is used up. Everything is refused until it ends, and then
//     nothing: what was accepted from one beginning to the next is the limit.
//   - A cap on concurrent requests. Refusals come whenever so many are being
//     worked on and never when fewer are, whatever the rate: then the window is
//     the limit, and the rate is left alone.
//
// Then the run goes on a little under the limit, and every few seconds goes
// over it, more and more steeply, to see whether it still holds, as CUBIC does
// in TCP and in the adaptive retry mode of the AWS SDKs. How often depends on
// what a refusal costs: one and a half per cent of the time and half a per cent
// of the requests. A refusal out of turn means that the limit fell or that others
// share it: the rate drops to 85 % of what was measured (additive increase,
// multiplicative decrease is what brings runs that share a limit to fair
// shares), and by a further fifth for each refusal that follows soon, until
// enough was accepted for a new measure.
//
// # Why so
//
// TCP's slow start opens the climb: it doubles each round trip, but not faster
// than every 50 ms, from eight requests, so that a limit of 100/s is met within
// 0.2 s. Plain AIMD and CUBIC halve or take 30 % off at each refusal and lose
// 5-15 % of the throughput of a limit that does not move; measuring loses
// under 1 %. The gradient of the latency, which Netflix's concurrency limits
// follow, says nothing here, because a rate limiter refuses without getting
// slower. Google's client-side throttling (SRE book, chapter 21) rejects by
// the share of what was accepted; it bounds the waste at a multiple of the
// limit and so keeps refusals high, where this keeps them under 1 %.
//
// # A bad minute
//
// Refusals that had another reason than a limit (an overload, noise, a limit
// that was lifted) leave a limit behind that is much too low. When all has been
// quiet for a while at a rate far below what was accepted before, everything but
// the window that is being used up is forgotten and learned anew. Where that finds
// the same limit again, it was right, and is left alone. While the server is down,
// the pace stands still (Suspend).
//
// A fixed rate learns nothing: a refusal pauses everyone and takes a part of the
// rate off, which comes back by a twentieth of it a second.
//
// # What a server says
//
// Retry-After is obeyed as it is said, by everyone. RateLimit headers can slow the run down and never speed it up, and are
// believed no longer than the server acts by them; see [Hint]. A 503 is a
// failure, unless it comes with a Retry-After or most requests end so.
//
// # What was given for what
//
// A bucket has two unknowns, its rate and its size, and what is accepted tells no
// more than that both are large enough: so it takes two refusals to know them. Where
// each costs the whole second that is the least a Retry-After can say, in which a
// bucket of 100/s and 20 regains no more than a fifth of what it lets pass, 2,000
// requests that would take 19.8 s take 21.4 s at least, which is 92.5 % of the
// ideal speed. After the first refusal the search therefore begins low enough
// for the second to tell rate and size apart, and a third is seldom needed: 90.5 %.
//
// A limit that rises is found by going over the old one, which is refused when it
// has not risen. Where refusals ask for pauses, their share of the time is the
// price, and the reward the mean time until a limit of 50/s that doubles is found:
//
//	pauses   speed at 100/s  refused  found after (95th percentile)
//	0.4 %    99.1 %          0.004 %  76 s (155 s)
//	0.8 %    98.9 %          0.01 %   43 s (78 s)
//	1.6 %    98.3 %          0.02 %   21 s (39 s)   chosen
//	3.2 %    97.0 %          0.04 %   11 s (20 s)
//	6.4 %    94.2 %          0.07 %    8 s (13 s)
//
// That is the most for which the speed in the long run stays above 98 %, since a limit
// seldom rises, and a run of an hour gains more by 1 % than by 10 s. Where refusals
// ask for nothing, they are the price themselves, and runs that share a limit come
// to fair shares by probing it:
//
//	refusals  of a fixed window  four runs: Jain's index  found after
//	0.125 %   0.9 %              0.89                     11 s
//	0.25 %    1.1 %              0.90                      6 s
//	0.5 %     1.5 %              0.92                      5 s   chosen
//	1 %       2.4 %              0.97                      5 s
//	2 %       3.4 %              0.98                      5 s
//
// How far under the limit to cruise matters less: each per cent costs one of the
// speed where refusals ask for pauses, and 0.4 % is enough not to meet the limit
// by the jitter of the network alone. All of this is the mean of 40 seeds, measured
// by
//
//	go test -run '^$' -bench TradeOff -benchtime 40x ./sync/pace
package pace
