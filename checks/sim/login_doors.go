package sim

// signInDoors is every path of sign-in and portal. {} is one segment: mostly the
// tenant, by id, domain, common, organizations or consumers.
func signInDoors() []door {
	return append(portalDoors(), []door{
		{"GET", "{}/v2.0/.well-known/openid-configuration", (*Sim).openIDv2},
		{"GET", "{}/.well-known/openid-configuration", (*Sim).openIDv1},
		{"GET", "{}/discovery/v2.0/keys", (*Sim).keys},
		{"GET", "{}/discovery/keys", (*Sim).keys},
		{"GET", "common/discovery/instance", (*Sim).instanceDiscovery},
		{"GET POST", "oidc/userinfo", (*Sim).userInfo},
		{"GET", "getuserrealm.srf", (*Sim).userRealmSrf},
		{"GET", "common/userrealm/{}", (*Sim).userRealm},

		{"GET POST", "{}/oauth2/v2.0/authorize", (*Sim).authorizeV2},
		{"GET POST", "{}/oauth2/authorize", (*Sim).authorizeV1},
		{"POST", "{}/oauth2/v2.0/devicecode", (*Sim).deviceCodeV2},
		{"GET POST", "{}/oauth2/devicecode", (*Sim).deviceCodeV1},
		{"POST", "{}/oauth2/v2.0/token", (*Sim).tokenV2},
		{"POST", "{}/oauth2/token", (*Sim).tokenV1},
		{"GET POST", "{}/oauth2/v2.0/logout", (*Sim).logout},
		{"GET POST", "{}/oauth2/logout", (*Sim).logout},
		{"GET", "{}/adminconsent", (*Sim).adminConsentV1},
		{"GET", "{}/v2.0/adminconsent", (*Sim).adminConsentV2},

		{"GET", "tenants", (*Sim).armTenants},
		{"GET", "subscriptions", (*Sim).armSubscriptions},

		{"GET", "devicelogin", (*Sim).devicePage},
		{"POST", "devicelogin", (*Sim).enterCode},
		{"POST", "_signin/account", (*Sim).chooseAccount},
		{"POST", "_signin/consent", (*Sim).answerConsent},
		{"POST", "_signin/wall", (*Sim).answerWall},
		{"POST", "_signin/confirm", (*Sim).answerConfirm},
		{"POST", "_signin/factor", (*Sim).answerFactor},
		{"GET", "_signin/style.css", (*Sim).style},
		{"GET", "error", (*Sim).errorPage},

		{"GET", "app", (*Sim).appList},
		{"GET", "app/{}", (*Sim).appPage},
		{"GET", "app/{}/callback", (*Sim).appDone},
	}...)
}
