// Command naive is what one would write in an afternoon instead of tracksync:
// encoding/csv, errgroup, go-retryablehttp and x/time/rate.
package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

type track struct {
	ID      int64    `json:"id,omitempty"`
	Name    string   `json:"name"`
	Volume  int      `json:"volume"`
	Project *project `json:"project"`
	Media   *media   `json:"media"`
}

type project struct {
	ID int64 `json:"id"`
}

type media struct {
	URL string `json:"url"`
}

type result struct {
	ID     int64  `json:"id"`
	Status int    `json:"http_status"`
	Error  string `json:"error,omitempty"`
}

type program struct {
	base    string
	client  *retryablehttp.Client
	limiter *rate.Limiter
	mu      sync.Mutex
	results *json.Encoder
}

func main() {
	base := flag.String("base-url", "", "base URL of the API")
	workers := flag.Int("workers", 64, "requests in flight")
	perSecond := flag.Float64("rate", 0, "requests a second; 0 is unlimited")
	out := flag.String("out", "results.jsonl", "where the results go")
	flag.Parse()
	if err := run(*base, *workers, *perSecond, *out, flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
}

func run(base string, workers int, perSecond float64, out, manifest string) error {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewWriter(file)
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	p := &program{base: base, client: client(workers), limiter: rate.NewLimiter(limit, 1),
		results: json.NewEncoder(lines)}
	if err := p.sync(workers, manifest); err != nil {
		return err
	}
	return lines.Flush()
}

// client keeps a connection for every worker; by default it would keep three.
func client(workers int) *retryablehttp.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.HTTPClient.Transport.(*http.Transport).MaxIdleConnsPerHost = workers
	return c
}

func (p *program) sync(workers int, manifest string) error {
	file, err := os.Open(manifest)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	if _, err := reader.Read(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(context.Background())
	group.SetLimit(workers)
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return group.Wait()
		}
		if err != nil {
			return err
		}
		if err := p.limiter.Wait(ctx); err != nil {
			return err
		}
		group.Go(func() error { return p.update(ctx, row) })
	}
}

func (p *program) update(ctx context.Context, row []string) error {
	id, err := strconv.ParseInt(row[0], 10, 64)
	if err != nil {
		return err
	}
	volume, err := strconv.Atoi(row[2])
	if err != nil {
		return err
	}
	projectID, err := strconv.ParseInt(row[3], 10, 64)
	if err != nil {
		return err
	}
	r := result{ID: id}
	r.Status, err = p.send(ctx, id,
		track{Name: row[1], Volume: volume, Project: &project{projectID}, Media: &media{row[4]}})
	if err != nil {
		r.Error = err.Error()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.results.Encode(r)
}

func (p *program) send(ctx context.Context, id int64, t track) (int, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return 0, err
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPut,
		p.base+"/background_tracks/"+strconv.FormatInt(id, 10), b)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Api-Key", "write_speed")
	response, err := p.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, fmt.Errorf("refused: %s", response.Status)
	}
	var answer track
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return response.StatusCode, err
	}
	if answer.ID != id {
		return response.StatusCode, fmt.Errorf("the answer is about %d", answer.ID)
	}
	return response.StatusCode, nil
}
