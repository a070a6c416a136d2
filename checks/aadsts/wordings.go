package aadsts

// house: a table

// wording is a wall's words in one language. They are not shown to anybody:
// they are what a page says, and are compared squeezed.
//
// The block pages in the other languages are in wordings_more.go.
//
// Seen in public: the English walls [ED:application-sign-in-unexpected-user-consent-error,
// reference-error-codes]; "Administratorgenehmigung erforderlich",
// "Administratorzustimmung erforderlich", "Approbation administrateur requise",
// "Se necesita la aprobación del administrador", "solo un administrador puede
// conceder", "Goedkeuring van beheerder vereist", "管理者の承認が必要",
// "管理者のみが付与できる", "È necessaria l'approvazione dell'amministratore" and
// "solo un amministratore può concedere" [PUB, and Microsoft's own pages in those
// languages]. All other wordings in languages but English are [K]; because pages
// are reworded now and then, the parts at the end catch what none of them is.
type wording struct {
	wall  wall
	lang  lang
	texts []string
}

var wordings = []wording{
	{wallAdmin, en, []string{
		"need admin approval", "needs admin approval", "needs administrator approval", "needs your admin's approval", "admin approval required",
		"admin approval is required", "requires admin approval", "requires administrator approval",
		"only an admin can grant", "only an administrator can grant", "the grant requires admin permission",
		"administrator consent is required", "admin consent is required", "admin consent required",
		"needs permission to access resources in your organization", "ask an admin to grant permission to this app", "return to the application without granting consent",
		"asks for admin approval", "asking for admin approval", "asks for an admin's approval", "asks for administrator approval",
		"needs admin consent", "requires admin consent", "have an admin account? sign in with that account",
		"can only be performed by an administrator", "sign in as an administrator or contact one of your organization's administrators",
	}},
	{wallAdmin, de, []string{
		"Administratorgenehmigung erforderlich", "Administratorzustimmung erforderlich", "Genehmigung durch Administrator erforderlich",
		"Administratorgenehmigung ist erforderlich", "Genehmigung des Administrators erforderlich", "Zustimmung des Administrators erforderlich",
		"die nur ein Administrator erteilen kann", "die nur ein Administrator gewähren kann", "Administratoreinwilligung erforderlich",
		"Sie benötigen die Genehmigung eines Administrators",
	}},
	{wallAdmin, fr, []string{
		"Approbation administrateur requise", "Approbation de l'administrateur requise", "Approbation d'un administrateur requise",
		"Nécessite l'approbation de l'administrateur", "Nécessite l'approbation d'un administrateur", "Nécessité d'une approbation administrateur",
		"que seul un administrateur peut accorder", "Consentement de l'administrateur requis", "L'approbation de l'administrateur est nécessaire",
	}},
	{wallAdmin, es, []string{
		"Se necesita la aprobación del administrador", "Necesita la aprobación del administrador", "Se requiere la aprobación del administrador",
		"que solo un administrador puede conceder", "que solo puede conceder un administrador", "Se necesita aprobación del administrador",
		"Se requiere el consentimiento del administrador", "Aprobación del administrador necesaria",
	}},
	{wallAdmin, nl, []string{
		"Goedkeuring van beheerder vereist", "Goedkeuring van beheerder nodig", "Goedkeuring van de beheerder vereist", "Beheerdersgoedkeuring vereist",
		"die alleen een beheerder kan verlenen", "Toestemming van beheerder vereist", "Goedkeuring door beheerder vereist", "Goedkeuring van een beheerder is vereist",
	}},
	{wallAdmin, ja, []string{
		"管理者の承認が必要", "管理者の同意が必要", "管理者のみが付与できる", "管理者だけが許可できる", "管理者のみが許可できる", "管理者による承認が必要",
	}},
	{wallAdmin, pt, []string{
		"Precisa de aprovação do administrador", "Precisa da aprovação do administrador", "É necessária a aprovação do administrador",
		"Necessária aprovação do administrador", "Aprovação do administrador necessária", "que somente um administrador pode conceder",
		"que apenas um administrador pode conceder", "Requer aprovação do administrador", "É necessário o consentimento do administrador",
	}},
	{wallAdmin, it, []string{
		"È necessaria l'approvazione dell'amministratore", "Approvazione dell'amministratore necessaria", "Approvazione amministratore richiesta",
		"È richiesta l'approvazione dell'amministratore", "che solo un amministratore può concedere", "È necessario il consenso dell'amministratore",
		"Approvazione dell'amministratore richiesta",
	}},
	{wallAdmin, pl, []string{
		"Wymagana zgoda administratora", "Wymagane zatwierdzenie administratora", "Wymagane zatwierdzenie przez administratora", "Potrzebna zgoda administratora",
		"Potrzebne zatwierdzenie administratora", "które może przyznać tylko administrator", "których może udzielić tylko administrator",
		"Wymagana jest zgoda administratora",
	}},
	{wallAdmin, sv, []string{
		"Administratörsgodkännande krävs", "Godkännande från administratör krävs", "Administratörens godkännande krävs", "Kräver administratörens godkännande",
		"Behöver administratörsgodkännande", "som bara en administratör kan bevilja", "som endast en administratör kan bevilja", "Administratörsmedgivande krävs",
		"Godkännande av administratör krävs",
	}},

	{wallForm, en, []string{"approval required", "requires your admin's approval", "enter justification for requesting this app", "justification for requesting this app"}},
	{wallForm, de, []string{"Genehmigung erforderlich", "Begründung für die Anforderung dieser App", "Genehmigung anfordern", "erfordert die Genehmigung Ihres Administrators"}},
	{wallForm, fr, []string{"Approbation requise", "Demander une approbation", "Demander l'approbation", "justification de la demande de cette application", "nécessite l'approbation de votre administrateur"}},
	{wallForm, es, []string{"Aprobación necesaria", "Se requiere aprobación", "Aprobación requerida", "Solicitar aprobación", "justificación para solicitar esta aplicación"}},
	{wallForm, nl, []string{"Goedkeuring vereist", "Goedkeuring aanvragen", "reden voor het aanvragen van deze app"}},
	{wallForm, ja, []string{"承認が必要です", "承認の要求", "承認を要求", "このアプリを要求する理由"}},
	{wallForm, pt, []string{"Aprovação necessária", "Solicitar aprovação", "Pedir aprovação", "justificativa para solicitar este aplicativo"}},
	{wallForm, it, []string{"Approvazione richiesta", "Approvazione necessaria", "Richiedi approvazione", "giustificazione per la richiesta di questa app"}},
	{wallForm, pl, []string{"Wymagane zatwierdzenie", "Poproś o zatwierdzenie", "Zażądaj zatwierdzenia", "uzasadnienie żądania tej aplikacji"}},
	{wallForm, sv, []string{"Godkännande krävs", "Begär godkännande", "motivering för begäran av den här appen"}},

	{wallSent, en, []string{
		"your request has been sent", "your request was sent to your admin", "your request has been submitted", "approval request sent", "admin consent request has been sent",
		"request sent to your admin", "request sent. we've sent", "request sent you will receive", "sent your request to the admin", "sent your request to your admin", "was sent to the admin", "sent to your admin for approval", "you will be notified when your request is reviewed", "your request is pending",
		"already requested access to this app", "pending admin approval", "waiting for your admin to approve", "you'll receive an email when your admin", "already requested approval",
	}},
	{wallSent, de, []string{"Ihre Anforderung wurde gesendet", "Ihre Anfrage wurde gesendet", "Anforderung wurde an Ihren Administrator gesendet", "Anforderung gesendet", "Ihre Anforderung wurde übermittelt"}},
	{wallSent, fr, []string{"Votre demande a été envoyée", "Demande envoyée", "Votre demande a bien été envoyée", "Votre demande a été transmise"}},
	{wallSent, es, []string{"Su solicitud se ha enviado", "Se ha enviado su solicitud", "Solicitud enviada", "Su solicitud ha sido enviada"}},
	{wallSent, nl, []string{"Uw aanvraag is verzonden", "Je aanvraag is verzonden", "Aanvraag verzonden"}},
	{wallSent, ja, []string{"要求が送信されました", "要求を送信しました", "リクエストを送信しました", "リクエストが送信されました"}},
	{wallSent, pt, []string{"Sua solicitação foi enviada", "Solicitação enviada", "O seu pedido foi enviado", "Pedido enviado"}},
	{wallSent, it, []string{"La richiesta è stata inviata", "Richiesta inviata"}},
	{wallSent, pl, []string{"Twoje żądanie zostało wysłane", "Żądanie wysłane", "Żądanie zostało wysłane", "Prośba została wysłana"}},
	{wallSent, sv, []string{"Din begäran har skickats", "Begäran har skickats", "Begäran skickad"}},

	{wallSentMaybe, en, []string{"request sent", "request submitted", "request has been received"}},

	{wallSentMaybe, pl, []string{"Prośba wysłana"}},

	{tagAsked, en, []string{"your request to use", "your request for", "your admin consent request", "your consent request", "your approval request"}},
	{tagYes, en, []string{"has been approved", "was approved", "is approved"}},
	{tagNo, en, []string{"has been denied", "was denied", "has been declined", "was declined", "has been rejected", "was rejected"}},
	{wallRefused, en, []string{"your request was declined", "your request has been declined", "your request was rejected", "your admin denied your request", "your request was denied", "your request has been denied", "admin consent request was denied", "admin consent request denied", "has denied your request"}},
	{wallApproved, en, []string{"your request has been approved", "your request was approved", "admin consent request was approved", "admin consent request has been approved"}},
	{wallUserOff, en, []string{
		"has set a policy that prevents you from granting", "permissions that you are not authorized to grant", "not authorized to grant",
		"user consent is disabled", "disabled user consent", "user consent has been disabled", "user consent is turned off", "turned off user consent", "user consent is not allowed", "does not allow user consent", "doesn't allow user consent",
		"users are not allowed to consent", "users aren't allowed to consent", "users can't consent", "users cannot consent", "user consent to apps is turned off", "does not allow users to consent", "doesn't allow users to consent",
	}},
	{wallRisky, en, []string{"app is considered risky", "this app may be risky", "risky application detected", "request received for a risky app", "app has been flagged as risky"}},
	{wallUnverified, en, []string{
		"to apps from unverified publishers",
		"without verified publishers", "because the publisher is not verified", "because its publisher is not verified", "only from verified publishers",
		"publisher has not been verified", "publisher hasn't been verified", "doesn't have a verified publisher", "does not have a verified publisher",
	}},
	{tagSignedIn, en, []string{"your sign-in was successful", "sign-in was successful but"}},
	{tagUnverified, en, []string{"unverified", "not verified"}},
	{tagUnverified, de, []string{"nicht überprüft", "nicht verifiziert", "ungeprüft"}},
	{tagUnverified, fr, []string{"non vérifié"}},
	{tagUnverified, es, []string{"sin comprobar", "no verificado", "sin verificar"}},
	{tagUnverified, nl, []string{"niet-geverifieerd", "niet geverifieerd"}},
	{tagUnverified, ja, []string{"未確認", "未検証"}},
	{tagUnverified, pt, []string{"não verificado"}},
	{tagUnverified, it, []string{"non verificato"}},
	{tagUnverified, pl, []string{"niezweryfikowan"}},
	{tagUnverified, sv, []string{"overifierad"}},

	{wallPersonal, en, []string{
		"can't sign in here with a personal account", "cannot sign in here with a personal account", "use your work or school account instead", "personal accounts are not supported", "personal microsoft accounts are not supported",
		"not enabled for consumers", "with a personal account", "personal account is not supported", "personal account isn't supported", "using a personal microsoft account",
		"identity provider 'live.com'", "this app only works with work or school accounts", "sign in with a work or school account instead",
	}},
	{tagConsumer, anyLang, []string{"live.com", "consumer account", "MSA account"}},
	{wallPersonal, de, []string{"nicht mit einem persönlichen Konto anmelden", "Verwenden Sie stattdessen Ihr Geschäfts-, Schul- oder Unikonto"}},
	{wallPersonal, fr, []string{"vous connecter ici avec un compte personnel", "Utilisez plutôt votre compte professionnel ou scolaire"}},
	{wallPersonal, es, []string{"iniciar sesión aquí con una cuenta personal", "Use su cuenta profesional o educativa"}},
	{wallPersonal, nl, []string{"hier niet aanmelden met een persoonlijk account", "Gebruik in plaats daarvan uw werk- of schoolaccount"}},
	{wallPersonal, ja, []string{"個人アカウントでここにサインインすることはできません", "個人用アカウントではサインインできません", "職場または学校アカウントを使用してください"}},
	{wallPersonal, pt, []string{"entrar aqui com uma conta pessoal", "iniciar sessão aqui com uma conta pessoal"}},
	{wallPersonal, it, []string{"accedere qui con un account personale"}},
	{wallPersonal, pl, []string{"zalogować się tutaj przy użyciu konta osobistego"}},
	{wallPersonal, sv, []string{"logga in här med ett personligt konto"}},

	{wallAssignment, en, []string{
		"to block users unless they are specifically granted", "is not assigned to a role for the application", "isn't assigned to a role for the application", "not a direct member of a group with access",
		"signed in user isn't assigned to a role", "you have not been assigned to this app", "assignment is required to access",
	}},
	{wallAssignment, de, []string{"keiner Rolle für die Anwendung zugewiesen", "Benutzer zu blockieren, sofern", "Benutzer blockiert, sofern", "Benutzern nur dann Zugriff"}},
	{wallAssignment, fr, []string{"n'est pas affecté à un rôle pour l'application", "n'est attribué à aucun rôle", "pour bloquer les utilisateurs"}},
	{wallAssignment, es, []string{"para bloquear a los usuarios", "no está asignado a un rol"}},
	{wallAssignment, nl, []string{"om gebruikers te blokkeren"}},
	{wallAssignment, it, []string{"per bloccare gli utenti"}},
	{wallAssignment, pt, []string{"para bloquear usuários", "para bloquear utilizadores"}},

	{wallAccess, en, []string{
		"blocked by conditional access", "denied by conditional access", "denied by a conditional access", "your sign-in was successful but does not meet the criteria", "sign-in was successful but doesn't meet the criteria", "you cannot access this right now", "you can't access this right now",
		"blocked by our conditional access", "blocked by your conditional access", "org's conditional access", "organization's conditional access", "company's conditional access", "blocked by a conditional access", "blocked by the conditional access",
		"access policy does not allow token issuance", "your sign-in was blocked", "blocked by security defaults",
		"you don't have access to this", "restricted by your admin",
	}},
	{wallBlocked, en, []string{
		"blocked by your organization", "blocked by your company", "blocked by organization policy", "blocked by the organization's polic", "blocked by company policy", "blocked by IT policy", "blocked by a policy", "blocked by the policy", "blocked by policy",
		"your organization has blocked", "your company has blocked", "not allowed by your organization", "isn't allowed by your organization", "is not permitted by your organization",
	}},
	{wallBlocked, de, []string{"von Ihrer Organisation blockiert", "durch Ihre Organisation blockiert", "von deiner Organisation blockiert"}},
	{wallBlocked, fr, []string{"bloqué par votre organisation", "bloquée par votre organisation"}},
	{wallBlocked, es, []string{"bloqueado por su organización", "bloqueada por su organización", "bloqueada por la organización"}},
	{wallBlocked, nl, []string{"geblokkeerd door uw organisatie", "geblokkeerd door je organisatie"}},
	{wallBlocked, ja, []string{"組織によってブロック"}},
	{wallBlocked, pt, []string{"bloqueado pela sua organização", "bloqueado pela organização"}},
	{wallBlocked, it, []string{"bloccata dall'organizzazione", "bloccato dall'organizzazione"}},
	{wallBlocked, pl, []string{"zablokowana przez Twoją organizację", "zablokowane przez organizację"}},
	{wallBlocked, sv, []string{"blockerats av din organisation", "blockerad av din organisation"}},

	{wallAccess, de, []string{"Sie können derzeit nicht darauf zugreifen", "erfüllt jedoch nicht die Kriterien", "durch Richtlinien für bedingten Zugriff blockiert", "durch bedingten Zugriff blockiert"}},
	{wallAccess, fr, []string{"Vous ne pouvez pas accéder à ceci pour le moment", "mais ne répond pas aux critères", "bloqué par les stratégies d'accès conditionnel", "bloqué par l'accès conditionnel"}},
	{wallAccess, es, []string{"No puede acceder a esto ahora mismo", "no cumple los criterios para acceder", "bloqueado por las directivas de acceso condicional", "bloqueado por el acceso condicional"}},
	{wallAccess, nl, []string{"U hebt hier momenteel geen toegang toe", "voldoet niet aan de criteria", "geblokkeerd door beleid voor voorwaardelijke toegang", "geblokkeerd door voorwaardelijke toegang"}},
	{wallAccess, ja, []string{"現在これにアクセスすることはできません", "条件付きアクセスポリシーによってブロック", "条件を満たしていません"}},
	{wallAccess, pt, []string{"Você não pode acessar isso no momento", "não atende aos critérios", "bloqueado por políticas de acesso condicional", "bloqueado pelas políticas de acesso condicional", "bloqueado pelo acesso condicional"}},
	{wallAccess, it, []string{"Non è possibile accedere al momento", "non soddisfa i criteri", "bloccato dai criteri di accesso condizionale", "bloccato dall'accesso condizionale"}},
	{wallAccess, pl, []string{"W tej chwili nie możesz uzyskać do tego dostępu", "nie spełnia kryteriów", "zablokowany przez zasady dostępu warunkowego", "zablokowany przez dostęp warunkowy"}},
	{wallAccess, sv, []string{"Du kan inte komma åt detta just nu", "uppfyller inte kriterierna", "blockerats av principer för villkorsstyrd åtkomst", "blockerats av villkorsstyrd åtkomst"}},

	{wallDevice, en, []string{
		"you can't get there from here", "you cannot get there from here", "set up your device to get access", "help us keep your device secure", "device must comply with your organization's compliance requirements",
		"requires a compliant device", "requires a domain joined device", "your device is not compliant", "enroll your device", "requires the device requesting access to be managed", "device is not in required device state", "must be managed by",
	}},
	{wallDevice, de, []string{"Sie können von hier nicht darauf zugreifen", "Von hier aus ist kein Zugriff möglich", "Richten Sie Ihr Gerät ein", "ein konformes Gerät"}},
	{wallDevice, fr, []string{"Vous ne pouvez pas y accéder à partir d'ici", "Configurez votre appareil pour obtenir l'accès", "un appareil conforme"}},
	{wallDevice, es, []string{"No puede acceder desde aquí", "Configure su dispositivo para obtener acceso", "un dispositivo compatible con las directivas", "un dispositivo conforme"}},
	{wallDevice, nl, []string{"U kunt dit vanaf hier niet openen", "Stel uw apparaat in om toegang te krijgen", "een compatibel apparaat"}},
	{wallDevice, ja, []string{"ここからはアクセスできません", "準拠しているデバイス", "アクセスするにはデバイスをセットアップ"}},
	{wallDevice, pt, []string{"Você não pode chegar lá daqui", "Não é possível acessar daqui", "um dispositivo compatível com as políticas", "um dispositivo em conformidade"}},
	{wallDevice, it, []string{"Non è possibile accedere da qui", "un dispositivo conforme"}},
	{wallDevice, pl, []string{"Nie można uzyskać dostępu z tego miejsca", "zgodnego urządzenia"}},
	{wallDevice, sv, []string{"Du kan inte komma dit härifrån", "en kompatibel enhet"}},

	{wallMFA, en, []string{
		"more information required", "you must use multi-factor authentication", "you must use multifactor authentication", "strong authentication is required", "must enroll in multi-factor authentication", "register for multifactor authentication", "requires you to set up the following methods",
		"your organization needs more information to keep your account secure", "action required your organization requires additional security information",
	}},
	{wallMFA, de, []string{"Weitere Informationen erforderlich", "mehrstufige Authentifizierung verwenden", "Multi-Faktor-Authentifizierung verwenden", "Mehr Informationen erforderlich"}},
	{wallMFA, fr, []string{"Informations supplémentaires requises", "Plus d'informations requises", "utiliser l'authentification multifacteur"}},
	{wallMFA, es, []string{"Se necesita más información", "Más información necesaria", "usar la autenticación multifactor"}},
	{wallMFA, nl, []string{"Meer informatie vereist", "meervoudige verificatie gebruiken"}},
	{wallMFA, ja, []string{"詳細情報が必要", "多要素認証を使用する必要"}},
	{wallMFA, pt, []string{"Mais informações necessárias", "São necessárias mais informações", "usar a autenticação multifator"}},
	{wallMFA, it, []string{"Altre informazioni necessarie", "Sono necessarie altre informazioni", "usare l'autenticazione a più fattori"}},
	{wallMFA, pl, []string{"Wymagane jest więcej informacji", "Wymagane więcej informacji", "uwierzytelniania wieloskładnikowego"}},
	{wallMFA, sv, []string{"Mer information krävs", "använda multifaktorautentisering"}},

	{wallConsent, en, []string{"has not consented to use the application", "hasn't consented to use the application", "has not consented to the use of"}},
	{wallConsent, de, []string{"hat der Verwendung der Anwendung nicht zugestimmt", "hat der Anwendung nicht zugestimmt"}},
	{wallConsent, fr, []string{"n'a pas accepté d'utiliser l'application", "n'a pas consenti à utiliser l'application"}},
	{wallConsent, es, []string{"no ha dado su consentimiento para usar la aplicación", "no ha consentido el uso de la aplicación"}},
	{wallConsent, it, []string{"non ha acconsentito all'uso dell'applicazione"}},
	{wallDeclined, en, []string{"user declined to consent", "the user has denied access to the scope", "user cancelled the authentication", "user canceled the authentication", "user_cancelled", "user_canceled", "user_cancel", "user has cancelled", "user has canceled", "authentication_canceled"}},
	{wallDisabled, en, []string{"blocked by your admin", "has blocked this app", "blocked this application", "has been blocked by an admin", "disabled this app", "has been disabled by your admin", "application is disabled", "app is disabled in your organization", "the service principal is disabled", "has disabled the application", "cannot be accessed at this time"}},
	{wallNotFound, en, []string{"was not found in the directory", "wasn't found in the directory", "has not been installed by the administrator of the tenant", "is missing service principal in the tenant", "application was not found in the tenant"}},
	{wallService, en, []string{"that isn't available in your organization", "that is not available in your organization", "mailbox is either inactive, soft-deleted, or is hosted on-premise", "ask your admin to enable microsoft", "does not have a license for"}},
	{wallRestricted, en, []string{"restricts which organizations can be accessed", "restricted which organizations can be accessed", "network administrator has blocked access", "external access is blocked by policy", "access is blocked by the organization", "your organization's policy doesn't allow access to", "tenant restrictions", "only allows access to specific organizations", "has blocked access to this tenant"}},
	{wallCrossTenant, en, []string{"cross-tenant access policy", "cross-tenant access settings", "doesn't allow access to the resource tenant", "outbound access policy", "inbound access policy"}},
	{wallNoTenant, en, []string{"check to make sure you have the correct tenant id", "no tenant-identifying information found", "belongs to the national cloud"}},
	{wallNoAccount, en, []string{"we couldn't find an account with that username", "this username may be incorrect", "that microsoft account doesn't exist"}},
	{wallByMicrosoft, en, []string{"disabled by microsoft", "microsoft has disabled", "microsoft disabled this"}},
	{wallNotMember, en, []string{"does not exist in tenant", "doesn't exist in tenant", "needs to be added as an external user in the tenant", "the account must be added to the directory", "selected user account does not exist"}},
	{wallLocked, en, []string{"your account is locked", "account has been locked", "user account is disabled", "your account has been disabled", "account is locked, you've tried to sign in too many times", "your account has been blocked", "account has been suspended", "your account is disabled"}},
	{wallRedirect, en, []string{"is a uri which matches a redirect uri registered"}},
	{wallExpired, en, []string{"your session has expired", "refresh token has expired", "token has expired", "token is expired", "lifetime validation failed", "your password has expired", "sign in again to continue", "invalid username or password", "incorrect user id or password", "your account or password is incorrect", "verification code expired"}},
	{wallFault, en, []string{"a transient error has occurred", "service is temporarily unavailable", "temporarily unavailable", "too many requests", "try again in a few minutes", "we're having trouble signing you in right now"}},
	{wallGraph, en, []string{"insufficient privileges to complete the operation", "missing scope permissions on the request", "missing role permissions on the request", "required scopes are missing in the token"}},
	{wallDeviceCode, en, []string{"device code flow is not allowed", "authentication flow by which this sign-in began", "device code flow has been blocked", "device code flow cannot satisfy", "blocked device code flow", "device code flow is blocked"}},
	{wallScreen, en, []string{"permissions requested", "this app would like to", "accepting these permissions means", "consent on behalf of your organization"}},
	{wallScreen, de, []string{"Angeforderte Berechtigungen", "Diese App möchte", "Zustimmung im Namen Ihrer Organisation"}},
	{wallScreen, fr, []string{"Autorisations demandées", "Cette application souhaite", "Consentement pour le compte de votre organisation"}},
	{wallScreen, es, []string{"Permisos solicitados", "Consentimiento en nombre de la organización"}},
	{wallScreen, nl, []string{"Aangevraagde machtigingen", "Toestemming geven namens uw organisatie"}},
	{wallScreen, ja, []string{"要求されているアクセス許可", "組織の代理として同意"}},
	{wallScreen, pt, []string{"Permissões solicitadas", "Consentir em nome da sua organização"}},
	{wallScreen, it, []string{"Autorizzazioni richieste", "Consenso per conto dell'organizzazione"}},
	{wallScreen, pl, []string{"Żądane uprawnienia", "Wyraź zgodę w imieniu organizacji"}},
	{wallScreen, sv, []string{"Begärda behörigheter", "Samtyck för din organisations räkning"}},

	// Services that ask for an admin's approval themselves, by words that stand in
	// their pages alone.
	{wallElsewhere, anyLang, []string{
		"accounts.google.com", "google workspace", "workspace admin", "oauth2.googleapis.com", "org_internal", "admin_policy_enforced", "access blocked: authorization error", "google hasn't verified this app", "google admin console",
		"okta.com", "oktapreview", "okta error", "okta sign", "okta verify", "okta admin", "auth0.com", "pingone", "pingidentity", "onelogin.com", "duosecurity", "jumpcloud", "keycloak",
		"slack.com", "slack workspace", "zoom.us", "zoom account admin", "zoom marketplace", "salesforce.com", "github.com", "github organization", "organization owner", "atlassian.net", "atlassian.com", "hubspot.com", "super admin", "superadmin", "dropbox.com", "dropbox team", "your team admin has", "your team admin to", "contact your team admin",
		"appleid.apple.com", "icloud.com", "facebook.com", "linkedin.com/oauth", "user_cancelled_login", "user_cancelled_authorize", "api.twitter.com", "amazoncognito", "login.yahoo.com",
		"active directory federation services", "adfs/ls", "msis7", "msis9",
	}},
	// Names of apps that ask for approval themselves, and that Microsoft's walls
	// stand before as well.
	{tagElsewhere, anyLang, []string{"slack", "github", "hubspot", "zoom", "dropbox", "google", "atlassian", "salesforce", "notion", "okta", "facebook", "linkedin access", "linkedin oauth", "linkedin login", "linkedin sign"}},
	{wallForeign, anyLang, []string{
		"redirect_uri_mismatch",
		"cloudflare ray id", "just a moment... cloudflare", "security by cloudflare", "err_connection", "err_name_not_resolved", "err_cert", "err_ssl", "err_proxy", "err_timed_out", "err_internet", "dns_probe", "502 bad gateway", "504 gateway time", "captive portal", "zscaler", "this site can't be reached",
		"econnrefused", "getaddrinfo enotfound", "x509: certificate signed by unknown", "certificate has expired", "403 forbidden", "404 not found", "kerberos database", "smtp error", "imap error",
	}},
	// What the pages of Microsoft's sign-in say and no other's, whatever the app is
	// called. More of them are in appname.go.
	{tagOwn, anyLang, []string{
		"need admin approval unverified", "have an admin account? sign in with that account", "ask an admin to grant permission to this app", "enter justification for requesting this app",
	}},
	{wallMicrosoft, anyLang, []string{
		"microsoftonline", "login.microsoft", "login.windows.net", "sts.windows.net", "login.live.com", "aadsts", "entra id", "microsoft entra", "azure active directory", "azure ad", "correlation id", "correlation_id", "trace_id",
		"office 365", "microsoft 365", "graph.microsoft", "msal", "onmicrosoft",
	}},

	{partNot, anyLang, []string{
		"ne manque pas", "no falta", "não falta", "non manca", "no missing admin",
		"no longer need", "no longer require", "not blocked", "isn't blocked", "nicht blockiert", "nicht gesperrt", "pas bloqu", "no está bloquead", "niet geblokkeerd", "não está bloquead", "non è bloccat", "nie jest zablokowan", "inte blockera", "ブロックされていません",
		"not required", "isn't required", "not needed", "isn't needed", "no admin approval", "no admin consent", "don't need", "do not need", "doesn't need", "does not need", "doesn't require", "does not require", "without admin",
		"nicht erforderlich", "nicht notwendig", "keine Genehmigung", "pas nécessaire", "pas requis", "no es necesari", "no se necesita", "niet nodig", "niet vereist", "必要ありません", "不要です", "não é necessári",
		"non è necessari", "non è richiest", "nie jest wymagan", "nie jest potrzebn", "krävs inte", "inte krävs", "behövs inte",
	}},
	{partYours, en, []string{"your admin has", "your administrator has", "my admin has", "our admin has", "our administrator has", "your admin block", "your administrator block", "my admin block", "our admin block", "your admin disabled", "my admin disabled"}},
	{partYours, de, []string{"ihr administrator hat", "ihr admin hat", "dein admin hat", "mein admin hat", "unser admin hat", "unser administrator hat"}},
	{partYours, fr, []string{"votre administrateur a ", "votre admin a ", "mon admin a ", "notre administrateur a "}},
	{partYours, es, []string{"su administrador ha", "tu administrador ha", "mi administrador ha", "nuestro administrador ha", "su administrador bloque"}},
	{partYours, nl, []string{"uw beheerder heeft", "je beheerder heeft", "mijn beheerder heeft", "onze beheerder heeft"}},
	{partYours, ja, []string{"組織の管理者が"}},
	{partYours, pt, []string{"seu administrador bloque", "seu administrador desa", "nosso administrador bloque"}},
	{partYours, it, []string{"tuo amministratore ha", "mio amministratore ha", "nostro amministratore ha"}},
	{partYours, pl, []string{"twój administrator zablok", "nasz administrator zablok"}},
	{partYours, sv, []string{"din administratör har", "vår administratör har"}},
	{partBlocked, en, []string{"blocked", "has block", "disabled"}},
	{partBlocked, de, []string{"blockiert", "gesperrt", "deaktiviert", "abgeschaltet"}},
	{partBlocked, fr, []string{"bloqué", "désactivé"}},
	{partBlocked, es, []string{"bloquead", "bloqueó", "deshabilitad", "desactivad"}},
	{partBlocked, nl, []string{"geblokkeerd", "uitgeschakeld"}},
	{partBlocked, ja, []string{"ブロック", "無効"}},
	{partBlocked, pt, []string{"bloquead", "bloqueou", "desabilitad", "desativad"}},
	{partBlocked, it, []string{"bloccat", "disabilitat", "disattivat"}},
	{partBlocked, pl, []string{"zablokowa", "wyłączon", "wyłączył"}},
	{partBlocked, sv, []string{"blockera", "inaktivera", "stängt av"}},
	{partApp, en, []string{"this app", "the app", "application", "calendar app"}},
	{partApp, de, []string{"diese app", "die app", "anwendung", "dieser app"}},
	{partApp, fr, []string{"application"}},
	{partApp, es, []string{"aplicación", "esta app", "la app"}},
	{partApp, nl, []string{"deze app", "de app", "toepassing"}},
	{partApp, ja, []string{"アプリ"}},
	{partApp, pt, []string{"aplicativo", "aplicação", "este app", "esta app"}},
	{partApp, it, []string{"questa app", "l'app", "applicazione"}},
	{partApp, pl, []string{"aplikacj"}},
	{partApp, sv, []string{"appen", "programmet"}},
	{partAdmin, en | de | sv | pl | fr | es | pt | it | nl, []string{"admin"}},
	{partAdmin, en, []string{"IT department", "IT team"}},
	{partAdmin, fr, []string{"administrateur"}},
	{partAdmin, es | pt, []string{"administrador"}},
	{partAdmin, nl, []string{"beheerder"}},
	{partAdmin, ja, []string{"管理者"}},
	{partAdmin, it, []string{"amministratore"}},
	{partApproval, en, []string{"approv", "aprov", "grant", "consent", "permission", "allow this app", "allow the app", "not allowed th", "hasn't allowed th"}},
	{partApproval, de, []string{"genehmig", "freigegeb", "zustimm", "nicht zugestimmt", "zugestimmt werden", "einwillig", "freigabe", "freigeb", "berechtigung", "erlaubnis"}},
	{partApproval, fr, []string{"approbation", "approuve", "approuver", "consenti ", "consentement", "autorisation", "accord", "validation"}},
	{partApproval, es, []string{"aprobacion", "aprobar", "aprobad", "apruebe", "consentimiento", "permiso", "autorizacion"}},
	{partApproval, nl, []string{"goedkeuring", "goedkeuren", "goedgekeurde", "niet goedgekeurd", "worden goedgekeurd", "goedgekeurd worden", "toestemming", "machtiging"}},
	{partApproval, ja, []string{"承認", "同意", "許可", "付与"}},
	{partApproval, pt, []string{"aprovacao", "aprovar", "não aprovou", "aprovad", "consentimento", "permissao", "autorizacao"}},
	{partApproval, it, []string{"approvazione", "approvare", "non ha approvato", "non è stata approvata", "non è stato approvato", "essere approvat", "sia approvat", "consenso", "autorizzazion"}},
	{partApproval, pl, []string{"zatwierdz", "zgoda", "zgody", "zgodę", "akceptacj", "uprawnie"}},
	{partApproval, sv, []string{"godkann", "godkänt", "godkänd", "medgivande", "samtycke", "behörighet", "tillstånd"}},
	{partNeeded, en, []string{"need", "wants ", "requir", "must ", "only ", "ask your", "ask an", "ask it ", "contact your", "contact it ", "not approved", "not been approved", "not yet approved", "isn't approved", "hasn't approved", "haven't approved", "has not approved", "hasn't been approved", "not consented", "hasn't consented", "has not granted", "hasn't granted", "has not allowed", "hasn't allowed", "request "}},
	{partNeeded, de, []string{"erforder", "nötig", "benötig", "notwendig", "bedarf", "brauch", "muss ", "verlang", "nur ein", "bitten sie", "wenden sie sich", "nicht zugestimmt", "nicht genehmigt", "nicht freigegeben"}},
	{partNeeded, fr, []string{"requis", "nécessaire", "nécessit", "exige", "besoin", "il faut", "il me faut", "il nous faut", "faut l'", "doit ", "demande", "seul un", "contacte", "pas approuvé", "pas encore approuvé", "pas été approuvé", "pas donné son "}},
	{partNeeded, es, []string{"necesit", "me falta", "necesari", "requier", "requerid", "debe ", "tiene que", "pida ", "solicit", "solo un", "obligatori", "no ha aprobado", "no ha sido aprobad", "no ha dado su "}},
	{partNeeded, nl, []string{"vereist", "nodig", "noodzakelijk", "moet ", "vraag een", "alleen een", "niet goedgekeurd", "geen toestemming gegeven"}},
	{partNeeded, ja, []string{"必要", "求め", "依頼", "承認していません", "承認されていません", "同意していません", "許可していません"}},
	{partNeeded, pt, []string{"precis", "necessári", "requer", "exige", "exigid", "tem de", "tem que", "deve ", "obrigatori", "necessit", "peça a", "somente", "apenas", "não aprovou", "não foi aprovad"}},
	{partNeeded, it, []string{"necessari", "richiest", "richiede", "occorre", "serve ", "deve ", "chiedi", "solo un", "non ha approvato", "non è stata approvata", "non è stato approvato", "non ha dato il "}},
	{partNeeded, pl, []string{"wymaga", "potrzeb", "konieczn", "musi ", "poproś", "tylko", "nie zatwierdził", "nie został zatwierdz", "nie została zatwierdz", "nie wyraził"}},
	{partNeeded, sv, []string{"krävs", "kräver", "behöv", "nödvändig", "måste", "be en ", "endast", "bara en", "inte godkän", "inte gett "}},
}

// errorWords may stand before a number that is a whole text.
var errorWords = []string{
	"error", "errors", "err", "code", "aad", "sts", "aadsts", "entra", "microsoft", "azure", "ad", "sign-in", "login",
	"fehler", "fehlercode", "erreur", "code", "error", "código", "codigo", "de", "d", "fout", "foutcode", "erro", "errore", "codice", "di",
	"błąd", "kod", "błędu", "fel", "felkod", "エラー", "コード", "エラーコード",
}
