package signin

import "errors"

// told is an error with what the person who reads it can do: somebody whom a server
// signs in has none of the server's flags, files, programs and network.
func (o Options) told(err error) error {
	if !o.Served {
		return err
	}
	if e, ok := asError(err); ok {
		if do := servedDo[e.Cause]; do != "" {
			e.Do = do
		}
		return err
	}
	if in := (*InputError)(nil); errors.As(err, &in) && in.Field != FieldTenant { // that one is the person's own
		in.Do = wordsServedOurs
	}
	return err
}
