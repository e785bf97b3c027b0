// verify-attestation KEYID PUBLIC_KEY reads a DSSE envelope on standard input, verifies it by the Ed25519 key (32 bytes, Base64) and prints
// the in-toto statement in it, whose predicate must be a SLSA verification summary.
package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

type key struct {
	id     string
	public ed25519.PublicKey
}

func (k key) KeyID() (string, error)   { return k.id, nil }
func (k key) Public() crypto.PublicKey { return k.public }
func (k key) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(k.public, data, sig) {
		return errors.New("the signature does not hold")
	}
	return nil
}

func main() {
	text, err := verified(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(text)
}

func verified(id, public string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(public)
	if err != nil {
		return "", err
	}
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", err
	}
	var envelope dsse.Envelope
	if err := json.Unmarshal(given, &envelope); err != nil {
		return "", err
	}
	verifier, err := dsse.NewEnvelopeVerifier(key{id, raw})
	if err != nil {
		return "", err
	}
	_, payload, err := verifier.VerifyAndDecode(context.Background(), &envelope)
	if err != nil {
		return "", err
	}
	if envelope.PayloadType != "application/vnd.in-toto+json" {
		return "", errors.New("no in-toto statement")
	}
	var statement intoto.Statement
	if err := protojson.Unmarshal(payload, &statement); err != nil {
		return "", err
	}
	if err := statement.Validate(); err != nil {
		return "", err
	}
	if statement.PredicateType != "https://slsa.dev/verification_summary/v1" {
		return "", errors.New("no verification summary")
	}
	predicate, err := protojson.Marshal(statement.Predicate)
	if err != nil {
		return "", err
	}
	var summary vsa.VerificationSummary
	// The library does not know the verifier's version, which the specification has.
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(predicate, &summary); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s %d", summary.VerificationResult, summary.ResourceUri, len(statement.Subject)), nil
}
