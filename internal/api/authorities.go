package api

import (
	"crypto/x509"
	"errors"
)

// ParseAuthorities returns the certificates in a PEM file, to be trusted beside the
// system's. It is for Config.RootCAs.
func ParseAuthorities(pem []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		// No system pool is no fault: the file may be all that is needed.
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("it contains no certificate in PEM form")
	}
	return pool, nil
}
