package aadsts

// wallSigns are the signs of a page's words.
func (f *facts) wallSigns(w *seen) []sign {
	var out []sign
	stray := w.long && !w.has(wallMicrosoft)
	for x := wallAdmin; x < wallMicrosoft; x++ {
		v := walls[x]
		switch {
		case !w.has(x), v.class == "", x == wallForeign, x == wallElsewhere:
			continue
		case x == wallDeclined && (f.cancel || f.deniedElsewhere(w)):
			continue // what came with a cancel tells no more than the cancel
		case stray && (x == wallAdmin && w.loose || x == wallDisabled && w.off || x == wallSentMaybe || x == wallBlocked || x == wallFault || x == wallExpired || x == wallDeclined):
			continue
		}
		s := sign{verdict: v, classWords: wordsOf(v.class), why: whyWords, rank: rankWall + weight(v.class)}
		switch {
		case x == wallAdmin && w.loose && w.ofWhat && !w.has(wallMicrosoft):
			s = sign{verdict{Unknown, WhoUnknown, None, NoPath, []Class{v.class}}, wordsOf(Unknown), whyOfWhat, rankWeak, 0}
		case x == wallAdmin && w.loose:
			s.sure, s.what, s.rank = Low, whatLoose, rankLoose+weight(v.class)
		case x == wallDisabled && w.off:
			s.what, s.rank = whatOff, rankLoose+weight(v.class)
		case x == wallDisabled && w.ours[x]:
			s.what = whatOff // no page is known that says so, only our own words for it
		case x == wallSentMaybe:
			s.rank = rankLoose + weight(v.class)
		case x == wallBlocked:
			s.what, s.do, s.rank = whatBlocked, doBlocked, rankLoose+weight(v.class)
		case x == wallAccess && w.has(tagSignedIn):
			s.what += whatPassword
		case x == wallByMicrosoft:
			s.classWords = classWords{whatByMicrosoft, doByMicrosoft, skipByMicrosoft}
			s.rank++ // its words are part of wallDisabled's
		case x == wallNoAccount:
			s.what, s.do = whatNoAccount, doNoAccount
		case x == wallForm:
			s.rank-- // its words are part of wallAdmin's in most languages
		case x == wallSent:
			s.rank++ // the page after the form still has the form's words
		case x == wallScreen:
			s.what, s.do, s.rank = whatScreen, doScreen, rankSuccess+1
		case x == wallApproved:
			s.what, s.do, s.rank = whatApproved, doApproved, rankWall+35
		case x == wallRefused:
			s.what, s.do, s.rank = whatRefused, doRefused, rankWall+36
		case x == wallFault || x == wallExpired:
			s.rank = rankForeign - 1 // words that every service uses
		}
		if w.ours[x] || !w.has(wallMicrosoft) && (x == wallForm || x == wallSent || x == wallApproved || x == wallRefused) {
			s.sure = Low
		}
		// The walls of others are in the same words, and here is one's name.
		if f.namesOther(w) {
			s.also = append([]Class{NotEntra}, s.also[:min(len(s.also), maxAlso-1)]...)
			if s.class != Unknown {
				s.sure = Low
			}
		}
		out = append(out, s)
	}
	if w.yours && !stray {
		v := verdict{AppDisabled, TenantAdmin, Low, AfterApproval, []Class{CAPolicy, TenantBlocked, AdminConsentNeeded}}
		out = append(out, sign{verdict: v, classWords: classWords{whatYours, doYours, wordsOf(AppDisabled).skip}, why: whyWords, rank: rankForeign - 2})
	}
	return out
}
