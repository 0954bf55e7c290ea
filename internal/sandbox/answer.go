package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what a request gets: a complete answer, a truncated one, or none.
type answer struct {
	status int // 0: none
	header http.Header
	body   []byte
	cut    bool // send half the body, then drop the connection
	reset  bool // reset the connection instead
}

func jsonAnswer(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic("sandbox: " + err.Error()) // strings, numbers and maps of them
	}
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body:   append(body, '\n'),
	}
}

// failure is an error in the shape that the service was observed to use for its
// status. Where none was observed, it is that of a 404.
func failure(status int) answer {
	text := http.StatusText(status)
	kind := strings.ReplaceAll(strings.ToLower(text), " ", "_")
	switch status {
	case http.StatusUnauthorized:
		kind, text = "permission_error", "Authentication token was not recognized."
	case http.StatusForbidden:
		kind = "permission_error"
	case http.StatusUnprocessableEntity:
		return invalid("Invalid request body", []problem{{inBody, "is refused by configuration"}})
	}
	if text == "" {
		kind, text = "error", "Error "+strconv.Itoa(status)
	}
	return jsonAnswer(status, struct {
		Type    string   `json:"type"`
		Message string   `json:"message"`
		Context struct{} `json:"context"`
	}{Type: kind, Message: text})
}

// invalid is a 422 that lists all problems.
func invalid(message string, problems []problem) answer {
	return jsonAnswer(http.StatusUnprocessableEntity, struct {
		Code    int       `json:"code"`
		Message string    `json:"message"`
		Errors  []problem `json:"errors"`
	}{http.StatusUnprocessableEntity, message, problems})
}

// html is the page of a proxy in front of the service.
func html(status int) answer {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"text/html"}},
		body: []byte("<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text +
			"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"),
	}
}

func reset() answer { return answer{reset: true} }

// inject turns an answer into what a fault makes of it.
func (s *Sandbox) inject(r *http.Request, x *exchange, f fault, a answer) answer {
	x.event.Fault = f.name
	switch f.action {
	case actFail:
		return failure(f.status)
	case actHang:
		patience := time.NewTimer(hangFor)
		defer patience.Stop()
		select {
		case <-r.Context().Done():
		case <-patience.C:
		}
		return reset()
	case actTruncate:
		a.cut = true
		return a
	case actHTML:
		return html(f.status)
	}
	return reset()
}

// send writes the answer. An error means that the client has left, which is no
// problem here.
func (a answer) send(w http.ResponseWriter) {
	if a.reset {
		breakOff(w)
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if !a.cut {
		w.Write(a.body)
		return
	}
	w.Write(a.body[:len(a.body)/2])
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// breakOff drops the connection and does not return. A TCP connection is reset, so
// that the client does not take it for an orderly end. Over HTTP/2, where the
// connection is shared, only the stream is reset.
func breakOff(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
			conn = tls.NetConn()
		}
		if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
			tcp.SetLinger(0)
		}
		conn.Close()
	}
	panic(http.ErrAbortHandler)
}

func sortedKeys(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }
