package flows

// The steps of taking back a receipt.
const (
	UndoPlan  StepID = "undo/plan"
	UndoApply StepID = "undo/apply"
)

// undoPath takes back what a receipt says was done. It is no way to clear a
// block, so that no list of paths has it.
func undoPath() Path {
	return Path{
		ID: Undo, Goal: GoalUndone, Title: planWords.undoTitle, For: planWords.undoFor, Least: leastRole, Effect: EffectApp,
		Gains: planWords.undoGains, Minutes: 2, Undo: planWords.backUndo, Benchmark: words.noBenchmark,
		Steps: []Step{
			{
				ID: UndoPlan, Title: words.planTitle, Text: words.planText, Asks: []QuestionID{AskConfirm}, Plan: true,
				Next: []Edge{{guardConfirmed(), UndoApply}},
			},
			{
				ID: UndoApply, Title: words.applyTitle, Text: words.applyText, Apply: true,
				Next: []Edge{{guardStopped(), UndoPlan}, {guardCarried(), ToProof}},
			},
		},
	}
}
