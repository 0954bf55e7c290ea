package stopping

import (
	"context"
	"errors"
	"os"
	"sync"

	"tracksync/internal/defect"
)

// Signals are those that a process gets. One listener at a time takes them.
type Signals <-chan os.Signal

// Heed hands signals on and calls each for every one, until over is closed: whoever sends
// a signal does not want to wait until somebody listens.
func Heed(signals <-chan os.Signal, over <-chan struct{}, each func()) Signals {
	handed := make(chan os.Signal)
	go func() {
		for {
			select {
			case sig := <-signals:
				each()
				select {
				case handed <- sig:
				case <-over:
					return
				}
			case <-over:
				return
			}
		}
	}()
	return handed
}

// Context returns a context that ends with the first signal, which is its cause. After
// release no signal is taken any more; one that was taken before is the cause.
func (s Signals) Context(parent context.Context) (ctx context.Context, release context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	over, listened := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(listened)
		select {
		case sig, ok := <-s:
			if ok {
				cancel(&Interrupted{sig})
			}
		case <-over:
		case <-ctx.Done():
		}
	}()
	return ctx, sync.OnceFunc(func() {
		close(over)
		<-listened
		cancel(nil)
	})
}

// Interrupted is the cause of a context that a signal ended.
type Interrupted struct{ Signal os.Signal }

func (i *Interrupted) Error() string { return i.Signal.String() }

// Of returns the signal that ended ctx; nil if none did.
func Of(ctx context.Context) os.Signal {
	var i *Interrupted
	if errors.As(context.Cause(ctx), &i) {
		return i.Signal
	}
	return nil
}

// Stopping is what the signals do to work that is going on.
type Stopping struct {
	First  func(os.Signal) // stops it gently
	Second func(os.Signal) // is told of each further one, which has cut it off
	Defect func(error)     // takes a panic of the two
}

// Run lets work go on, and stops it by the signals. It returns the first that came.
func (s Signals) Run(ctx context.Context, stop Stopping, work func(context.Context)) os.Signal {
	ctx, cutOff := context.WithCancel(ctx)
	defer cutOff()
	over, listened := make(chan struct{}), make(chan os.Signal, 1)
	go func() {
		var first os.Signal
		defer func() { listened <- first }()
		err := defect.Do(func() error {
			for {
				select {
				case sig := <-s:
					if first == nil {
						first = sig
						stop.First(sig)
						continue
					}
					cutOff()
					stop.Second(sig)
				case <-over:
					return nil
				}
			}
		})
		if err != nil {
			stop.Defect(err)
		}
	}()
	work(ctx)
	close(over)
	return <-listened
}
