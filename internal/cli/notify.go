package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"tracksync/internal/api"
	"tracksync/internal/flags"
	"tracksync/internal/runs"
	"tracksync/internal/safe"
	"tracksync/internal/stopping"
	"tracksync/internal/version"
	"tracksync/internal/webhook"
	"tracksync/report"
)

const notifyVariable = "TRACKSYNC_NOTIFY_URL"

// notifyOptions are the flags about notices.
type notifyOptions struct {
	url string
	on  report.NoticeOn
}

func (o *notifyOptions) add(f *pflag.FlagSet) {
	o.on = report.OnFail
	f.StringVar(&o.url, "notify", "", "post a notice of the run's end to the webhook `URL` of a chat (default $"+
		notifyVariable+", which others on this machine cannot see)")
	flags.AddChoice(f, &o.on, "notify-on", []report.NoticeOn{report.OnFail, report.OnChange, report.Always},
		"notify after `RUNS` that fail (and the first that succeeds again), change the exit code, or always")
}

// hideWebhooks makes secrets of the URLs of webhooks, before anything can repeat them.
func hideWebhooks(secrets *safe.Secrets, args []string, variable string) {
	hideWebhook(secrets, variable)
	for i, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok && i+1 < len(args) {
			value = args[i+1]
		}
		// A URL behind --notify-on, or behind a flag that was misspelt, is one too.
		if name == "--notify" || strings.HasPrefix(name, "--not") && strings.ContainsAny(value, ":/") {
			hideWebhook(secrets, value)
		}
	}
}

// hideWebhook makes a secret of a URL from its path on. Its host is none, and other URLs may begin
// the same way.
func hideWebhook(secrets *safe.Secrets, text string) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		secrets.Add(text)
		return
	}
	secrets.Add(u.RequestURI(), u.EscapedFragment())
}

// parse returns the URL of the webhook; nil if there is none. An error does not repeat it.
func (o notifyOptions) parse(a *app) (*url.URL, error) {
	text := strings.TrimSpace(cmp.Or(o.url, a.Getenv(notifyVariable)))
	if text == "" {
		return nil, nil
	}
	u, err := webhook.Parse(text)
	if err != nil {
		return nil, usage(fmt.Errorf("the URL of --notify or %s: %w", notifyVariable, err),
			"it begins with https:// and has no user; copy it from the chat's settings")
	}
	return u, nil
}

// notifier sends the notices of a job.
type notifier struct {
	*app
	on   report.NoticeOn
	job  runs.Job
	hook webhook.Hook
}

// notifier returns what sends notices of a run with these flags; nil: none are wanted.
func (o *syncOptions) notifier(a *app, args []string) *notifier {
	u, err := o.notices.parse(a)
	if u == nil || err != nil || o.dryRun {
		return nil
	}
	base := report.Sandbox
	if !o.sandbox {
		base = cmp.Or(o.connection.baseURL, a.Getenv(baseVariable), defaultBaseURL)
		if u, err := api.ParseBaseURL(base); err == nil {
			base = u.String()
		}
	}
	return &notifier{a, o.notices.on, runs.Job{Manifests: args, Base: base, Shard: o.manifests.shard.String()},
		webhook.Hook{URL: u, UserAgent: "tracksync/" + version.Module()}}
}

// notify sends a notice of the run's end, if one is wanted. The run is over: other runs need not wait
// for the chat.
func (r *syncRun) notify(ctx context.Context, s report.Summary) {
	if n := r.notifier(r.app, r.args); n != nil {
		r.tidy(r.session.Close)
		r.tidy(r.unlockAccount)
		n.hook.RootCAs = r.client.RootCAs
		n.ended(ctx, s)
	}
}

// notifyUnstarted sends a notice that a run could not start, if one is wanted. Somebody at the
// terminal sees it anyway.
func (a *app) notifyUnstarted(ctx context.Context, o *syncOptions, args []string, err error) {
	n := o.notifier(a, args)
	if n == nil || a.ErrTerminal || a.InTerminal {
		return
	}
	s := report.Summary{Ending: report.Ending{End: report.NotStarted, ExitCode: exitCode(err), Message: safe.PlainError(err)}}
	s.Manifests, s.BaseURL = args, n.job.Base
	var f *failure
	if errors.As(err, &f) && f.hint != "" {
		s.Message += "\n" + f.hint
	}
	n.ended(ctx, s)
}

// ended remembers how the run ended, and sends a notice if one is wanted. The next run may end while
// the chat is slow, so the notice comes last. A failure changes no exit code.
func (n *notifier) ended(ctx context.Context, s report.Summary) {
	before, err := n.job.LastCode()
	if err != nil {
		n.log.Debug().Str("error", safe.ErrorLine(err)).Msg("it is not known how the run before ended")
	}
	if err := n.job.Ended(s.ExitCode, time.Now()); err != nil {
		n.log.Warn().Msg(safe.Line(fmt.Sprintf("the next run will not know how this one ended, so it may not notify: %v", err)))
	}
	if n.on.Wants(s.ExitCode, before) {
		n.post(ctx, report.Notice{Summary: s, Before: before})
	}
}

// post sends a notice. A signal ends the wait for the answer.
func (n *notifier) post(ctx context.Context, notice report.Notice) {
	notice.Machine, _ = os.Hostname() // without it less is known
	ctx, release := n.signals.Context(ctx)
	defer release()
	err := n.hook.Post(ctx, n.hidden.Text(notice.Text()))
	if stopping.Of(ctx) != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		n.log.Warn().Msg(safe.Line(fmt.Sprintf("the notice of the run's end could not be sent to %s: %v", n.hook.URL.Host, err)))
	}
}
