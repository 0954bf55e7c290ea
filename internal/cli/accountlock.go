package cli

import (
	"fmt"
	"path/filepath"

	"tracksync/internal/run"
	"tracksync/internal/safe"
)

// lockAccount acquires the lock that the runs of one account on this machine share.
func (r *syncRun) lockAccount() error {
	if r.noLock || r.sandbox {
		return nil
	}
	dir, err := filepath.Abs(r.path)
	if err != nil {
		return localFailure(err, "")
	}
	place, err := run.OpenLockPlace(r.Getenv)
	if err != nil {
		return r.lockPlaceFailure(err)
	}
	r.sayLockPlace(place)
	r.lock, err = place.Lock(r.account, r.shard, dir)
	return lockFailure(err, "this account on this machine",
		"wait for its end, so that two runs do not undo each other's work")
}

// unlockAccount releases that lock if it is held.
func (r *syncRun) unlockAccount() error {
	l := r.lock
	r.lock = nil
	return l.Release()
}

// sayLockPlace warns once if the locks are among everybody's temporary files.
func (a *app) sayLockPlace(place *run.LockPlace) {
	if place.Instead == nil {
		return
	}
	a.saidLocks.Do(func() {
		a.log.Warn().Msg(safe.Line(fmt.Sprintf("locks are in %s, because there is no better place (%v): set %s or %s "+
			"to a directory of your own",
			place.Name(), place.Instead, run.StateVariable, run.LockVariable)))
	})
}
