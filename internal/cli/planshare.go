package cli

import (
	"bytes"
	"io"
	"strings"

	"tracksync/report"
)

// sharedPlan is a plan for those who review it: annotations and the summary of the job in
// GitHub Actions, and the file of --md.
type sharedPlan struct {
	run         *planRun
	annotations *annotations
	texts       []*sharedText
}

// sharedText is the plan in Markdown, at most so long as its place allows.
type sharedText struct {
	markdown *report.PlanMarkdown
	text     bytes.Buffer
}

func (p *planRun) newShared() *sharedPlan {
	s := &sharedPlan{run: p, annotations: p.app.annotations()}
	var names []string
	for _, source := range p.checked.Sources {
		names = append(names, source.Name)
	}
	where := p.account.ShownBase()
	if p.sandbox {
		where = "the sandbox in this process"
	}
	for _, limit := range []int{report.MaxComment, report.MaxJobSummary / 2} {
		t := &sharedText{}
		t.markdown = report.NewPlanMarkdown(&t.text, where, names, limit)
		s.texts = append(s.texts, t)
	}
	return s
}

// Write takes a row of the plan.
func (s *sharedPlan) Write(r report.PlanRow) error {
	if r.Verdict.IsError() {
		text := strings.Join(r.Reasons, "; ")
		if r.ID > 0 {
			text = "track " + r.ID.String() + ": " + text
		}
		s.annotations.add(r.Position, text)
	}
	for _, t := range s.texts {
		if err := t.markdown.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// End takes the counts.
func (s *sharedPlan) End(n report.PlanTotals) error {
	s.annotations.end(n.Errors())
	for _, t := range s.texts {
		if err := t.markdown.End(n); err != nil {
			return err
		}
	}
	return nil
}

// publish writes the complete plan where it belongs.
func (s *sharedPlan) publish() error {
	comment, summary := s.texts[0].text.Bytes(), s.texts[1].text.Bytes()
	s.run.addJobSummary(func(w io.Writer, limit int) error {
		text := summary
		if len(text) > limit {
			text = comment
		}
		if len(text) > limit {
			return nil
		}
		_, err := w.Write(text)
		return err
	})
	if s.run.md == "" {
		return nil
	}
	return s.run.writeMarkdown(s.run.md, func(w io.Writer, _ int) error {
		_, err := w.Write(comment)
		return err
	})
}
