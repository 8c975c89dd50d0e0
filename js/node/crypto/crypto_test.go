package crypto_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestCryptoAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{"hash", "cipher", "keys"} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			nodecase.Run(t, "testdata/"+topic+".json")
		})
	}
}
