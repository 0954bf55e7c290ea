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
// Below the ceiling, the server's limit is learned from what it accepts and refuses. The run
// climbs until something is refused. A refusal pauses everyone: for as long as the server asked,
// or else for the time of a few requests, and longer and longer while the server still refuses,
// with one request at a time to see whether it is over. Then the refusal is explained, and from then
// on each request is weighed:
//
//   - A meter is a limit of which everything is assumed but how much it holds: a bucket that
//     drains at some rate (a token bucket), a window of some length, or a cap on the requests at
//     a time. What was accepted fills it, and so bounds its size from below. What was refused
//     bounds it from above.
//   - The book keeps some hundreds of meters. Each weighs as much as the share of its likely
//     sizes that is left between its two bounds. A meter in which the two contradict each other
//     is wrong. One that weighs much is split into finer ones. Two refusals are usually enough to
//     know a rate within a few per cent, and two waits to know a window.
//   - The risk of a request is the weight of the sizes that would refuse it. What is without risk
//     is sent at the likely rate, and what a pause missed is sent at once after it, as long as
//     hardly any meter may refuse it.
//   - The budget. While risk alone keeps the rate down, time is lost, and as many seconds of
//     refusals may be risked as were lost (ski rental: whoever does not know how long he skis
//     rents until he has paid the price of skis). A request that is risked and accepted rules
//     sizes out. So the rate climbs where much is open, and rests where a refusal would cost more
//     than it brings. No plan is needed, nor the length of the run. After the first refusal
//     that a book explains, the budget is five times as much, because two are needed anyway.
//   - The price of a refusal is the pause, less what a bucket regains meanwhile, and the requests
//     that it wastes (one, or as many as a look or the end of a window has just wasted), each as
//     bad as three that wait. So a server that asks for a second is met with care, and one that
//     asks for nothing is tried every few seconds, by the same rule.
//   - If no meter explains a refusal, the limit has changed, or others use it, too; see below.
//
// # What tells meters apart
//
// Refusals are put where they arrived, in the middle between request and answer. What was sent at
// nearly the same time may have arrived before or after them. How their round trips differ tells how
// much earlier or later than it seems a request may arrive, so what was accepted often counts for
// more than what was accepted once. At the very edge of a meter chance decides. A meter at whose edge
// requests are refused again and again, and never accepted, is wrong. Where requests were refused at
// a depth that was accepted before, as many are expected to be refused there again.
//
// Most buckets hold a whole number of requests. A bucket that holds a single request refuses
// each that comes early, so its requests are sent two deviations of their arrival farther apart.
//
// A window is fixed; one of at most a minute may also be sliding. When it ends, its server says,
// or what it accepts again shows. Once a fixed window has refused a request, it accepts none until
// it ends. Its length is mostly one that people choose. If nothing names its end, it may also be
// any that is about as long as it was seen to last, or longer. Few windows always ask for the same
// wait, but some do. If all that is left of the run fits into the window that lasts, it is sent at
// once.
//
// A cap refuses at the same number of others in service whatever the rate, and never with fewer.
// Buckets do so only by coincidence. So two refusals at the same number mostly mean a cap, and so
// does one after a long climb below that number. A request that is accepted with more others in
// service rules the cap out. Below a cap, requests keep no distance. A cap may hold beside another
// limit: if after the fourth pause no meter explains all refusals since the run began, but one
// does without those that met more others than any accepted request, these were the cap's. From
// then on no more requests are in flight than it lets through, and the book explains the rest.
//
// # A limit that changes
//
// If no meter explains a refusal, the book begins anew with buckets that were empty then and most
// likely hold what they held. From time to time the limit is looked over by going above it ever
// more steeply, as CUBIC does in TCP. A look costs a refusal, so it is rare: it is worth it once a
// rise that came since the latest look has most likely cost as much, and would cost as much in the
// rest of the run. Rises are expected every few minutes at first, later as often as they came, and
// sooner where the limit was higher before.
//
// # A limit that others use
//
// A limit changes every few minutes. If it seems to change within the first seconds, or twice
// within a few, others use it, too, and what they send cannot be known. From then on the run does
// as TCP does: a fifth slower after each refusal, and a little faster each second (additive
// increase with multiplicative decrease). So it loses a tenth of the speed where it is mistaken.
// Processes that divide a limit of which they remember nothing (shards) know of the others, and
// so do this from the first refusal on. They climb in step, so the rate of that refusal is the
// first estimate.
//
// # A limit that is remembered
//
// A limit that an earlier run learned is a prior: the book begins with meters close to it and few
// far off, so that it is trusted as far as it was sure. The run begins with a full bucket, or
// somewhere in a window, and looks the limit over after five to ten seconds if the rest of the run
// is long enough to gain from it. If what is remembered does not explain the refusals, or only with
// a much lower rate, it was wrong, and the run learns as one that remembers nothing. A limit that
// is far too low is dropped as soon as a look goes far above it, and the climb begins anew.
//
// # Why not something simpler
//
// The climb begins like TCP's slow start: it doubles each round trip, but no faster
// than every 50 ms, from eight requests, so that a limit of 100/s is met within
// 0.2 s. Plain AIMD and CUBIC halve the rate or take 30 % off at each refusal, and
// lose 5-15 % of the throughput of a limit that does not change; weighing loses
// under 1 % where refusals ask for no pause, and 5 % where a bucket holds a single request. The
// gradient of the latency, which Netflix's concurrency limits follow, says nothing here, because
// a rate limiter refuses without getting slower. Google's
// client-side throttling (SRE book, chapter 21) rejects by the share of what was
// accepted. It bounds the waste at a multiple of the limit, so refusals stay
// frequent; here they stay under 1 %.
//
// # A bad minute
//
// Refusals may have another reason than a limit: an overload, noise, a limit that was
// lifted. They leave behind an estimate that is much too low. When all has been quiet
// for a while at a rate far below what was accepted before, everything is forgotten and
// learned again. A limit is found again as it was, and is
// then trusted. Noise shows another limit each time, so it is soon forgotten again. Before a
// limit refuses, the run has mostly sent requests that it knew to be risky. Noise refuses where
// little was at risk, and no meter explains that well. A limit that has changed does this once or
// twice; three times in a row is noise. Then everything is forgotten once all is quiet, however high
// the limit seems, and for a minute again, unless a limit is found as it was. While the server
// is down, the pace stands still (see [Pace.Suspend]).
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
// only a fifth of what it lets through: with two such refusals 5,000 requests reach
// 97.3 % of the ideal speed at best. A third would only trim the last per cent, and a look
// costs 1.6 points of such a run. This is why looks are as rare as they are: a run of 50 s
// seldom has one, and in a longer run a limit that rises is found after 20 s on average.
//
// Where refusals ask for no pause, they are the price themselves. It decides how soon a limit
// that rises is found:
//
//	as bad as …      refused  of a fixed window  a doubled limit found after
//	0.75 that wait   0.18 %   1.6 %               6 s
//	1.5              0.14 %   1.2 %               7 s
//	3                0.10 %   0.9 %               8 s   chosen
//	6                0.08 %   0.6 %              10 s
//	12               0.05 %   0.4 %              13 s
//
// The speed is the same everywhere, also where a server asks for pauses (96.7 % of the ideal).
// The figures are means of 20 seeds, measured by
//
//	go test -run '^$' -bench TradeOff -benchtime 20x ./sync/pace
package pace
