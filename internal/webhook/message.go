package webhook

import (
	"net/url"
	"strings"
)

// message is a text in the format that the chat behind a URL takes: most take {"text": …}, and
// Microsoft Teams an Adaptive Card.
func message(u *url.URL, text string) any {
	if !isTeams(u) {
		return map[string]string{"text": text}
	}
	c := card{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.2"}
	for line := range strings.SplitSeq(text, "\n") { // a line break within a block is not shown
		c.Body = append(c.Body, block{Type: "TextBlock", Text: line, Wrap: true, Spacing: "Small"})
	}
	c.Body[0].Weight = "Bolder"
	c.Teams.Width = "Full"
	return teamsMessage{"message", []attachment{{"application/vnd.microsoft.card.adaptive", c}}}
}

// isTeams reports whether a URL is a webhook of Microsoft Teams: a workflow, whose path is the same
// in every cloud, or an older connector.
func isTeams(u *url.URL) bool {
	host := "." + strings.ToLower(u.Hostname())
	for _, domain := range []string{".logic.azure.com", ".powerplatform.com", ".webhook.office.com"} {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return strings.Contains(u.Path, "/triggers/") && strings.HasSuffix(u.Path, "/paths/invoke")
}

type teamsMessage struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	ContentType string `json:"contentType"`
	Content     card   `json:"content"`
}

// card is an Adaptive Card with nothing but lines of text.
type card struct {
	Schema  string  `json:"$schema"`
	Type    string  `json:"type"`
	Version string  `json:"version"`
	Body    []block `json:"body"`
	Teams   struct {
		Width string `json:"width"`
	} `json:"msteams"`
}

type block struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Wrap    bool   `json:"wrap"`
	Spacing string `json:"spacing"`
	Weight  string `json:"weight,omitzero"`
}
