package input

import "testing"

// url.Parse accepts every plain URL.
func TestPlainURLs(t *testing.T) {
	for url, plain := range map[string]bool{
		"https://media.example.com/loops/17.mp3": true,
		"http://media.example.com":               true,
		"https://h/a/b_c~d/e.mp3?v=2&t=a,b+c":    true,
		"https://-/":                             true,
		"https://..":                             true,
		"https:///a":                             false,
		"https://":                               false,
		"https://?a":                             false,
		"https://h?a":                            false,
		"https://h:80/a":                         false,
		"https://h:/a":                           false,
		"https://u@h/a":                          false,
		"https://h/a@b":                          false,
		"https://h/%zz":                          false,
		"https://h/a b":                          false,
		"https://h/\u00e4":                       false,
		"https://h_/a":                           false,
		"https://h/a\x7f":                        false,
		"HTTPS://h/a":                            false,
		"ftp://h/a":                              false,
	} {
		if isPlainURL(url) != plain {
			t.Errorf("%q: plain is %v", url, !plain)
		}
		if plain && !isMediaURL(url) {
			t.Errorf("%q is plain, and no URL", url)
		}
	}
}

func FuzzPlainURL(f *testing.F) {
	f.Add("https://media.example.com/loops/17.mp3?a=b")
	f.Add("http://..-")
	f.Fuzz(func(t *testing.T, url string) {
		if isPlainURL(url) && (!isMediaURL(url) || namesUser(url)) {
			t.Fatalf("%q is plain, and no URL", url)
		}
	})
}
