package flows

// Due is the event that follows from a state by itself, for the driver to put
// into the journal: a plan where a step shows one and it can be made. ok is
// false where nothing is due.
func Due(s State) (e Event, ok bool) {
	step, here := s.Step()
	if !here || !step.Plan || s.Confirmed != "" || s.End != "" || !s.looked(s.lookable(step.Checks)) {
		return nil, false
	}
	p, err := MakePlan(s)
	if err != nil || s.Plan != nil && s.Plan.ID == p.ID && s.Stop == nil {
		return nil, false
	}
	if s.Plan != nil && s.Plan.ID == p.ID && !s.touched() {
		return nil, false
	}
	return Planned{Plan: p}, true
}

// touched says whether any line of the plan in hand was begun.
func (s State) touched() bool {
	for _, l := range s.Lines {
		if l.Status != LineWaiting {
			return true
		}
	}
	return false
}
