package stopping

import (
	"context"
	"errors"
	"os"
	"sync"

	"tracksync/internal/defect"
)

// Signals are the signals that a process gets. One listener at a time may receive them.
type Signals <-chan os.Signal

// Relay passes signals on until over is closed. It calls each for every signal at once,
// even if nobody receives from Signals yet.
func Relay(signals <-chan os.Signal, over <-chan struct{}, each func()) Signals {
	relayed := make(chan os.Signal)
	go func() {
		for {
			select {
			case sig := <-signals:
				each()
				select {
				case relayed <- sig:
				case <-over:
					return
				}
			case <-over:
				return
			}
		}
	}()
	return relayed
}

// Context returns a context that ends with the first signal, which is its cause. After
// release no more signals are received; one that was received before is the cause.
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

// Stopping says what signals do to work that is going on.
type Stopping struct {
	First  func(os.Signal) // is called with the first signal, and stops the work gently
	Second func(os.Signal) // is called with each further one, after the work was cancelled
	Defect func(error)     // is called if First or Second panics
}

// Run calls work, and stops it when signals come. It returns the first signal, or nil.
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
