package run

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// AccountLock is the lock of an account on this machine. A run of a whole manifest holds
// it alone. The shards of a manifest share it, and each also holds a lock of its own:
//
//	                  account-F   account-F-2-of-8
//	whole manifest    exclusive   –
//	shard 2/8         shared      exclusive
//
// Shards of another number of shards divide the ids in another way, so two of them may have
// the same id. A shard that has its locks looks for such others, and gives way if one is at
// work. If two start at the same moment, both may give way.
type AccountLock struct {
	account, shard *Lock
}

// Lock acquires the lock of an account for the run in a directory. It takes over the
// place's directory. The names of the locks' files do not reveal the key. A *HeldError
// means that another run is in the way.
func (p *LockPlace) Lock(a Account, shard track.Shard, run string) (l *AccountLock, err error) {
	name := "account-" + a.Fingerprint([]byte("lock"))
	h := self(run)
	h.Shard = shard.String()
	l = &AccountLock{}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Release())
			l = nil
		}
		err = errors.Join(err, p.dir.Close())
	}()
	if shard.IsWhole() {
		if l.account, err = p.acquire(name, h, safe.Lock); isUnknownHolder(err) {
			// Shards hold it. They have said who they are beside their own locks.
			if shard := p.findShard(name, 0); shard != nil {
				err = shard
			}
		}
		return l, err
	}
	if l.account, err = p.acquire(name, Holder{}, safe.LockShared); err != nil {
		return l, err
	}
	if l.shard, err = p.acquire(name+"-"+shardName(shard), h, safe.Lock); err != nil {
		return l, err
	}
	return l, p.findShard(name, shard.Of)
}

// Release releases the lock. It does nothing on a nil AccountLock.
func (l *AccountLock) Release() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.shard.Release(), l.account.Release())
}

// acquire acquires one lock of the place.
func (p *LockPlace) acquire(name string, h Holder, lock lockFunc) (*Lock, error) {
	root, err := p.dir.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	return acquireLock(&safe.Dir{Root: root, Shared: p.dir.Shared}, name, h, lock)
}

// shardName is a shard in the names of files.
func shardName(s track.Shard) string { return strconv.Itoa(s.Number) + "-of-" + strconv.Itoa(s.Of) }

// shardLockEnd is what follows the name of the account's lock in that of a shard.
var shardLockEnd = regexp.MustCompile(`^-\d+-of-(\d+)$`)

// findShard returns a *HeldError if a shard of the account is at work, unless there are
// as many shards as in but. There is no way to ask for a lock but to take it for a moment:
// a shard that starts at that moment gives way.
func (p *LockPlace) findShard(name string, but int) error {
	entries, err := fs.ReadDir(p.dir.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		end, ours := strings.CutPrefix(e.Name(), name)
		of := shardLockEnd.FindStringSubmatch(end)
		if !ours || of == nil || of[1] == strconv.Itoa(but) {
			continue
		}
		f, err := safe.OpenIn(p.dir.Root, e.Name(), os.O_RDWR)
		if err != nil {
			return err
		}
		free, err := safe.LockShared(f)
		if err == nil && !free {
			err = &HeldError{(&Lock{dir: p.dir, name: e.Name()}).readHolder()}
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func isUnknownHolder(err error) bool {
	var held *HeldError
	return errors.As(err, &held) && held.Holder.PID == 0
}
