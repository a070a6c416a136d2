package consent

// and is Kleene's conjunction: one No settles it, an Unread otherwise spoils
// it.
func (t Tri) and(u Tri) Tri {
	switch {
	case t == No || u == No:
		return No
	case t == Yes && u == Yes:
		return Yes
	default:
		return Unread
	}
}

// or is Kleene's disjunction: one Yes settles it, an Unread otherwise spoils
// it.
func (t Tri) or(u Tri) Tri {
	switch {
	case t == Yes || u == Yes:
		return Yes
	case t == No && u == No:
		return No
	default:
		return Unread
	}
}

// not turns Yes and No round and leaves Unread alone.
func (t Tri) not() Tri {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	case Unread:
		return Unread
	default:
		return Unread
	}
}

// tri is the Tri of something that is known.
func tri(b bool) Tri {
	if b {
		return Yes
	}
	return No
}
