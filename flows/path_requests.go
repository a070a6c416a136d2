package flows

import "onboard.example/checks"

// consentRequests is the admin consent workflow: switched on, a user asks, a
// reviewer approves in the portal, for Graph only reads requests (entra-facts §6
// [ED:configure-admin-consent-workflow, review-admin-consent-requests]).
func consentRequests() Path {
	on := []checks.ID{checks.ConsentWorkflow, checks.ConsentReviewers}
	ready := Edge{guardRequestsOn(), RequestsAsk}
	g := byGraph{
		how: RequestsHow, plan: RequestsPlan, apply: RequestsApply, after: RequestsAsk, prove: on, done: ready,
		watch: []checks.ID{checks.AppAssignment}, // reads whoever was named as a reviewer
	}
	who := newStep(RequestsWho, requestsTexts[RequestsWho], on, ready, Edge{guardReviewerNamed(), RequestsName}, Edge{guardReviewers(), RequestsHow})
	who.Asks = []QuestionID{AskReviewers}
	name := newStep(RequestsName, requestsTexts[RequestsName], on, ready, Edge{guardWho(), RequestsHow})
	name.Asks = []QuestionID{AskWho}
	ask := newStep(RequestsAsk, requestsTexts[RequestsAsk], granted(),
		shown(), Edge{guardAsked(), RequestsApprove}, claimed(RequestsAsk, RequestsApprove)).claim().watching(append(on, checks.ConsentRequests)...)
	ask.Actor = ActorUser
	approve := newStep(RequestsApprove, requestsTexts[RequestsApprove], granted(),
		shown(), claimed(RequestsApprove, RequestsWait)).claim(LinkRequests).watching(checks.ConsentRequests)
	approve.Actor = ActorReviewer
	wait := newStep(RequestsWait, requestsTexts[RequestsWait], granted(), shown(), Edge{guardBlind(checks.AppGrant, words.waitGrant), ToProof})
	wait.Links = []LinkID{LinkRequests, LinkPermissions}
	steps := []Step{
		who, name,
		g.choice(requestsTexts[RequestsHow], Edge{guardByHand(), RequestsPortal}),
		newStep(RequestsPortal, requestsTexts[RequestsPortal], on, ready, claimed(RequestsPortal, RequestsAsk)).claim(LinkWorkflow),
	}
	steps = append(steps, g.rest()...)
	return pathTexts[ConsentRequests].path(Path{
		ID: ConsentRequests, Least: roleGlobal, Effect: EffectWorkflow, Minutes: 15,
		Steps: append(steps, ask, approve, wait.watching(checks.ConsentRequests)),
		Enter: []Edge{{guardAskedAndOn(), RequestsApprove}, ready},
	})
}
